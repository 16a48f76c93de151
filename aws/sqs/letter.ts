/** A dead letter as it is received: its body, why it is one, and what the producer had put on it. */
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import { DEAD_LETTER_ATTRIBUTES } from '../../contract/message/dead-letter-attributes.ts';
import type { Reason } from '../../contract/message/reason.ts';
import type { MessageAttribute } from './attribute.ts';

type Attributes = Readonly<Record<string, MessageAttribute>>;

export interface Letter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** When the queue accepted it, in milliseconds since the epoch; of a message that SQS moved, when the producer sent it. */
  readonly sentAt: number;
  readonly attributes: Attributes;
  /** SQS itself moved it, by its redrive policy, and gave no reason. */
  readonly movedByQueue: boolean;
  readonly messageGroupId: string | undefined;
  /** The trace that the message belongs to, as AWS X-Ray writes it. Source: SQS API reference, `AWSTraceHeader`. */
  readonly traceHeader: string | undefined;
}

/** A message of which it cannot be said what it is. It stays where it is. */
export interface UnreadableLetter {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly messageGroupId: string | undefined;
  /** Such as `its attribute Origin has no value`. */
  readonly problem: string;
}

/** The code of letters that have no `ErrorCode`. */
export const NO_ERROR_CODE = 'none';

/** Its redrive policy says so much and no more: also of a letter that the dead-letter queue did not take from the function. */
const MOVED_BY_QUEUE: Reason = {
  code: NO_ERROR_CODE,
  message:
    'moved by SQS after its last receive, without a reason: the function crashed, or could not store its own letter',
};

/** The system attributes that {@link toLetter} reads. */
export const SYSTEM_ATTRIBUTES = [
  'SentTimestamp',
  'MessageGroupId',
  'DeadLetterQueueSourceArn',
  'AWSTraceHeader',
] as const;

/** What was received: a letter, or something that stays where it is. */
export type LetterReading =
  | { readonly kind: 'letter'; readonly letter: Letter }
  | { readonly kind: 'unreadable'; readonly letter: UnreadableLetter };

/**
 * Reads a message that was received with all message attributes and the {@link SYSTEM_ATTRIBUTES}. Never throws: one that
 * cannot be read must not take those along that were received with it.
 */
export function readLetter(message: Message): LetterReading {
  try {
    return { kind: 'letter', letter: toLetter(message) };
  } catch (error) {
    const { MessageId: messageId = '(none)', ReceiptHandle: receiptHandle = '' } = message;
    const messageGroupId = message.Attributes?.MessageGroupId;
    const problem = (error as Error).message;
    return { kind: 'unreadable', letter: { messageId, receiptHandle, messageGroupId, problem } };
  }
}

function toLetter({ MessageId, ReceiptHandle, Body, Attributes = {}, MessageAttributes = {} }: Message): Letter {
  return {
    messageId: MessageId ?? missing('message ID'),
    receiptHandle: ReceiptHandle ?? missing('receipt handle'),
    body: Body ?? missing('body'),
    sentAt: readTime(Attributes.SentTimestamp),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, toAttribute(name, value)]),
    ),
    movedByQueue: Attributes.DeadLetterQueueSourceArn !== undefined,
    messageGroupId: Attributes.MessageGroupId,
    traceHeader: Attributes.AWSTraceHeader,
  };
}

function missing(what: string): never {
  throw new Error(`it has no ${what}`);
}

function readTime(text: string | undefined): number {
  const time = text === undefined ? Number.NaN : Number(text);
  if (Number.isNaN(new Date(time).getTime())) throw new Error(`its SentTimestamp is no time: ${text}`);
  return time;
}

/**
 * Why it is a dead letter. What a message brought along from an earlier time in the queue is no reason why SQS moved it
 * this time.
 */
export function reasonOf({ attributes, movedByQueue }: Letter): Reason {
  const code = attributes.ErrorCode?.stringValue;
  if (movedByQueue || code === undefined) return MOVED_BY_QUEUE;
  return { code, message: attributes.ErrorMessage?.stringValue ?? '' };
}

/** The attributes that a replayed message has: the producer's, without those that say why it failed. */
export function producerAttributes({ attributes }: Letter): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !OURS.has(name)));
}

const OURS: ReadonlySet<string> = new Set(DEAD_LETTER_ATTRIBUTES);

function toAttribute(name: string, value: MessageAttributeValue | undefined): MessageAttribute {
  const { DataType, StringValue, BinaryValue } = value ?? {};
  if (StringValue === undefined && BinaryValue === undefined) throw new Error(`its attribute ${name} has no value`);
  return {
    dataType: DataType ?? 'String',
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
  };
}
