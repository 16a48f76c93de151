/** How old the record of a letter is, for the order guard: the letter says so, wherever it is sent. */
import type { MessageAttribute } from '../../aws/sqs/attribute.ts';
import type { Letter } from '../../aws/sqs/letter.ts';
import { RECORD_VERSION_ATTRIBUTE, versionOfTime, writeRecordVersion } from '../../contract/message/record-version.ts';

/** The attributes that it is sent with, and its version with them. One that is there already stays. */
export function withRecordVersion(
  attributes: Letter['attributes'],
  { sentAt }: Pick<Letter, 'sentAt'>,
): Letter['attributes'] {
  if (Object.hasOwn(attributes, RECORD_VERSION_ATTRIBUTE)) return attributes;
  const version: MessageAttribute = { dataType: 'Number', stringValue: writeRecordVersion(versionOfTime(sentAt)) };
  return { ...attributes, [RECORD_VERSION_ATTRIBUTE]: version };
}
