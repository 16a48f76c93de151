/** How old a record is: by what it says itself, by what its dead letter has kept of it, or by when it was sent. */
import {
  type GivenVersion,
  parseRecordVersion,
  RECORD_VERSION_ATTRIBUTE,
  type VersionOrder,
  versionOfTime,
} from '../../../contract/message/record-version.ts';
import type { Message } from '../message.ts';

/** The version of a record of a message. `given` is what its body says of it. */
export function versionOf(message: Message, given: GivenVersion | undefined): VersionOrder {
  if (given) return given.order;
  const kept = parseRecordVersion(message.attributes[RECORD_VERSION_ATTRIBUTE]?.stringValue);
  return kept ?? versionOfTime(message.sentAt);
}
