/** What is sent to the dead-letter queue: a body that can be replayed as it stands, and attributes that say why. */

import { attributeBytes, type MessageAttribute } from '../../aws/sqs/attribute.ts';
import { MAX_ATTRIBUTES, MAX_MESSAGE_BYTES } from '../../aws/sqs/limits.ts';
import { DEAD_LETTER_ATTRIBUTES } from '../../contract/message/dead-letter-attributes.ts';
import type { Reason } from '../../contract/message/reason.ts';
import {
  RECORD_VERSION_ATTRIBUTE,
  type VersionOrder,
  writeRecordVersion,
} from '../../contract/message/record-version.ts';
import type { Message } from './message.ts';

export interface DeadLetter {
  /** The message that it comes from. */
  readonly source: Message;
  /** The place of its user in that message, from 0; 0 for the message as a whole. It is the same at each attempt. */
  readonly index: number;
  readonly body: string;
  readonly reason: Reason;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
  /** Why each of its users was rejected: the codes. @default one user, and the code of the reason */
  readonly codes?: readonly string[] | undefined;
  /**
   * What of its message may be stored in any order: letters of different keys. Undefined for what may not, a message as a
   * whole or several users of it.
   */
  readonly orderKey?: string | undefined;
  /** The message group that it belongs into, on a FIFO queue. @default the source's */
  readonly messageGroupId?: string | undefined;
}

/** What a letter of one of several users is about. */
export type About = Partial<Pick<DeadLetter, 'codes' | 'orderKey' | 'messageGroupId'>>;

/** Bytes of an ErrorCode, at most. Names of errors are far shorter; what a proxy sends may be anything. */
const MAX_ERROR_CODE_BYTES = 256;

/** Bytes of an ErrorMessage, at most, so that a long one does not push out what the producer sent along. */
const MAX_ERROR_MESSAGE_BYTES = 2_048;

/**
 * Makes the dead letter for a message, or for one user of it.
 *
 * @param requestId - of the invocation
 * @param version - how old the record is, for the order guard. @default not told
 * @param about - @default a message as a whole
 */
export function createDeadLetter(
  source: Message,
  index: number,
  body: string,
  reason: Reason,
  requestId: string,
  version?: VersionOrder,
  about: About = {},
): DeadLetter {
  const attributes = fitAttributes(source, body, reason, requestId, version);
  return { source, index, body, reason, attributes, ...about };
}

/**
 * Takes attributes, the more important first, for as long as they fit: why it failed, where it came from, and then
 * what the producer had put on the message. Attributes of an earlier time in the dead-letter queue are replaced.
 */
function fitAttributes(
  source: Message,
  body: string,
  reason: Reason,
  requestId: string,
  version: VersionOrder | undefined,
): Readonly<Record<string, MessageAttribute>> {
  const fitting = new Map<string, MessageAttribute>();
  let room = MAX_MESSAGE_BYTES - Buffer.byteLength(body);
  const add = (name: string, attribute: MessageAttribute) => {
    const bytes = attributeBytes(name, attribute);
    if (fitting.size >= MAX_ATTRIBUTES || bytes > room) return;
    fitting.set(name, attribute);
    room -= bytes;
  };

  // First, since without it a replay would be as new as the replay.
  if (version !== undefined)
    add(RECORD_VERSION_ATTRIBUTE, { dataType: 'Number', stringValue: writeRecordVersion(version) });
  add('ErrorCode', text(cut(reason.code, MAX_ERROR_CODE_BYTES)));
  const roomForMessage = room - attributeBytes('ErrorMessage', text(''));
  add('ErrorMessage', text(cut(reason.message, Math.min(MAX_ERROR_MESSAGE_BYTES, roomForMessage))));
  add('SourceMessageId', text(source.messageId));
  add('ReceiveCount', { dataType: 'Number', stringValue: String(source.receiveCount) });
  add('RequestID', text(requestId));
  for (const [name, attribute] of Object.entries(source.attributes)) {
    if (!OURS.has(name) && !fitting.has(name)) add(name, attribute);
  }
  return Object.fromEntries(fitting);
}

const OURS: ReadonlySet<string> = new Set(DEAD_LETTER_ATTRIBUTES);

function text(value: string): MessageAttribute {
  return { dataType: 'String', stringValue: value };
}

/** Cuts a text to at most so many bytes of characters that SQS takes; never to nothing, which SQS refuses. */
function cut(message: string, bytes: number): string {
  let room = bytes;
  let end = 0;
  const clean = message.toWellFormed().replace(NOT_ALLOWED_BY_SQS, '\uFFFD');
  for (const character of clean) {
    room -= Buffer.byteLength(character);
    if (room < 0) break;
    end += character.length;
  }
  return clean.slice(0, end) || '-';
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones that SQS refuses
const NOT_ALLOWED_BY_SQS = /[\0-\x08\x0B\x0C\x0E-\x1F\uFFFE\uFFFF]/g;
