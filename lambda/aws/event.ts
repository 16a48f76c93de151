/** Between Lambda's SQS event and the core's messages. */
import type { SQSBatchResponse, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import type { MessageAttribute } from '../../aws/sqs/attribute.ts';
import type { Message } from '../core/message.ts';

/** Reads one record of the event. */
export function toMessage(record: SQSRecord): Message {
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    sentAt: Number(record.attributes.SentTimestamp),
    // On a standard queue a message group makes for fairness, not for order. Source: SQS developer guide, fair queues.
    messageGroupId: record.eventSourceARN.endsWith('.fifo') ? record.attributes.MessageGroupId : undefined,
    attributes: Object.fromEntries(
      Object.entries(record.messageAttributes).map(([name, attribute]) => [name, toAttribute(attribute)]),
    ),
  };
}

/** Writes the partial batch response: what is named is received again, what is not named is deleted. */
export function toBatchResponse(failedMessageIds: readonly string[]): SQSBatchResponse {
  return { batchItemFailures: failedMessageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}

function toAttribute({ dataType, stringValue, binaryValue }: SQSMessageAttribute): MessageAttribute {
  return binaryValue === undefined || binaryValue === null
    ? { dataType, stringValue }
    : { dataType, binaryValue: Buffer.from(binaryValue, 'base64') };
}
