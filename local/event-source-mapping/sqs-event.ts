/**
 * Messages as Lambda gives them to a function.
 * Source: Lambda developer guide, "Using Lambda with Amazon SQS", example event.
 */
import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs';

export interface SqsEvent {
  readonly Records: readonly SqsRecord[];
}

export interface SqsRecord {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  /** SQS's own attributes, such as `ApproximateReceiveCount`, under its names. */
  readonly attributes: Readonly<Record<string, string>>;
  /** The sender's attributes. */
  readonly messageAttributes: Readonly<Record<string, SqsRecordAttribute>>;
  readonly md5OfBody: string;
  readonly md5OfMessageAttributes?: string;
  readonly eventSource: 'aws:sqs';
  readonly eventSourceARN: string;
  readonly awsRegion: string;
}

export interface SqsRecordAttribute {
  readonly stringValue?: string;
  /** In base64. */
  readonly binaryValue?: string;
  /** Always empty: SQS has no lists. */
  readonly stringListValues: readonly string[];
  /** Always empty: SQS has no lists. */
  readonly binaryListValues: readonly string[];
  readonly dataType: string;
}

/**
 * Makes the record of a received message.
 *
 * @param queueArn - the queue's ARN, which says the region too
 */
export function toSqsRecord(message: Message, queueArn: string): SqsRecord {
  return {
    messageId: message.MessageId ?? '',
    receiptHandle: message.ReceiptHandle ?? '',
    body: message.Body ?? '',
    attributes: { ...message.Attributes },
    messageAttributes: toRecordAttributes(message.MessageAttributes ?? {}),
    md5OfBody: message.MD5OfBody ?? '',
    ...(message.MD5OfMessageAttributes ? { md5OfMessageAttributes: message.MD5OfMessageAttributes } : {}),
    eventSource: 'aws:sqs',
    eventSourceARN: queueArn,
    awsRegion: queueArn.split(':')[3] ?? '',
  };
}

function toRecordAttributes(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): Readonly<Record<string, SqsRecordAttribute>> {
  const entries = Object.entries(attributes).map(([name, value]) => [name, toRecordAttribute(name, value)] as const);
  return Object.fromEntries(entries);
}

function toRecordAttribute(name: string, value: MessageAttributeValue | undefined): SqsRecordAttribute {
  if (!value) throw new Error(`its attribute ${name} has no value`);
  const { StringValue, BinaryValue, DataType = '' } = value;
  return {
    ...(StringValue === undefined ? {} : { stringValue: StringValue }),
    ...(BinaryValue === undefined ? {} : { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
    stringListValues: [],
    binaryListValues: [],
    dataType: DataType,
  };
}
