/** What is sent to the dead-letter queue: a body that can be replayed as it stands, and attributes that say why. */
import type { Message, MessageAttribute } from './message.ts';
import type { Reason } from './reason.ts';

export interface DeadLetter {
  /** The message that it comes from. */
  readonly source: Message;
  /** Its place among the dead letters of that message, so that the two together name it. */
  readonly index: number;
  readonly body: string;
  readonly reason: Reason;
  readonly attributes: Readonly<Record<string, MessageAttribute>>;
}

/** Attributes of one message, at most. Source: SQS API reference, message quotas. */
export const MAX_ATTRIBUTES = 10;

/** Bytes of body and attributes together, at most. Source: SQS API reference, message quotas. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** The attributes that are ours. The first three are named as Lambda names those of its own dead letters. */
export const DEAD_LETTER_ATTRIBUTES = [
  'ErrorCode',
  'ErrorMessage',
  'RequestID',
  'SourceMessageId',
  'ReceiveCount',
] as const;

/** Bytes of an ErrorCode, at most. Names of errors are far shorter; what a proxy sends may be anything. */
const MAX_ERROR_CODE_BYTES = 256;

/** Bytes of an ErrorMessage, at most, so that a long one does not push out what the producer sent along. */
const MAX_ERROR_MESSAGE_BYTES = 2_048;

/** Makes the dead letter for a message, or for one user of it; `requestId` is that of the invocation. */
export function createDeadLetter(
  source: Message,
  index: number,
  body: string,
  reason: Reason,
  requestId: string,
): DeadLetter {
  return { source, index, body, reason, attributes: fitAttributes(source, body, reason, requestId) };
}

/** The bytes that a message counts for in SQS: its body, and each attribute's name, type and value. */
export function messageBytes(body: string, attributes: Readonly<Record<string, MessageAttribute>>): number {
  return Object.entries(attributes).reduce(
    (bytes, [name, attribute]) => bytes + attributeBytes(name, attribute),
    Buffer.byteLength(body),
  );
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
): Readonly<Record<string, MessageAttribute>> {
  const fitting = new Map<string, MessageAttribute>();
  let room = MAX_MESSAGE_BYTES - Buffer.byteLength(body);
  const add = (name: string, attribute: MessageAttribute) => {
    const bytes = attributeBytes(name, attribute);
    if (fitting.size >= MAX_ATTRIBUTES || bytes > room) return;
    fitting.set(name, attribute);
    room -= bytes;
  };

  add('ErrorCode', text(cut(reason.code, MAX_ERROR_CODE_BYTES)));
  const roomForMessage = room - attributeBytes('ErrorMessage', text(''));
  add('ErrorMessage', text(cut(reason.message, Math.min(MAX_ERROR_MESSAGE_BYTES, roomForMessage))));
  add('SourceMessageId', text(source.messageId));
  add('ReceiveCount', { dataType: 'Number', stringValue: String(source.receiveCount) });
  add('RequestID', text(requestId));
  for (const [name, attribute] of Object.entries(source.attributes)) {
    if (!OURS.has(name)) add(name, attribute);
  }
  return Object.fromEntries(fitting);
}

const OURS: ReadonlySet<string> = new Set(DEAD_LETTER_ATTRIBUTES);

function text(value: string): MessageAttribute {
  return { dataType: 'String', stringValue: value };
}

function attributeBytes(name: string, { dataType, stringValue, binaryValue }: MessageAttribute): number {
  const value = binaryValue ? binaryValue.byteLength : Buffer.byteLength(stringValue ?? '');
  return Buffer.byteLength(name) + Buffer.byteLength(dataType) + value;
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
