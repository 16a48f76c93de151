/** A dead letter as it is received: its body, why it is one, and what the producer had put on it. */
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';
import type { MessageAttribute } from '../../aws/sqs/attribute.ts';
import { DEAD_LETTER_ATTRIBUTES } from '../../contract/message/dead-letter-attributes.ts';
import type { Reason } from '../../contract/message/reason.ts';

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
}

/** The code of letters that have no `ErrorCode`. */
export const NO_ERROR_CODE = 'none';

const MOVED_BY_QUEUE: Reason = {
  code: NO_ERROR_CODE,
  message: 'moved by SQS: it was received too often, and the function could not say why',
};

/** The system attributes that {@link toLetter} reads. */
export const SYSTEM_ATTRIBUTES = ['SentTimestamp', 'MessageGroupId', 'DeadLetterQueueSourceArn'] as const;

/** Reads a message that was received with all message attributes and the {@link SYSTEM_ATTRIBUTES}. */
export function toLetter({ MessageId, ReceiptHandle, Body, Attributes = {}, MessageAttributes = {} }: Message): Letter {
  return {
    messageId: MessageId!,
    receiptHandle: ReceiptHandle!,
    body: Body!,
    sentAt: Number(Attributes.SentTimestamp),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, value]) => [name, toAttribute(value)]),
    ),
    movedByQueue: Attributes.DeadLetterQueueSourceArn !== undefined,
    messageGroupId: Attributes.MessageGroupId,
  };
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

function toAttribute({ DataType, StringValue, BinaryValue }: MessageAttributeValue): MessageAttribute {
  return {
    dataType: DataType ?? 'String',
    ...(StringValue !== undefined && { stringValue: StringValue }),
    ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
  };
}
