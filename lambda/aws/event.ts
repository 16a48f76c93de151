/** Between Lambda's SQS event and the core's messages. */
import type { SQSBatchResponse, SQSMessageAttribute, SQSRecord } from 'aws-lambda';
import type { MessageAttribute } from '../../aws/sqs/attribute.ts';
import type { Reason } from '../../contract/message/reason.ts';
import type { Defects } from '../core/defects.ts';
import type { Message } from '../core/message.ts';

/** Reads one record of the event. */
export function toMessage(record: SQSRecord): Message {
  const group = record.attributes.MessageGroupId;
  const isFifo = record.eventSourceARN.endsWith('.fifo');
  return {
    messageId: record.messageId,
    receiptHandle: record.receiptHandle,
    body: record.body,
    receiveCount: Number(record.attributes.ApproximateReceiveCount),
    sentAt: Number(record.attributes.SentTimestamp),
    // On a standard queue a message group makes for fairness, not for order. Source: SQS developer guide, fair queues.
    messageGroupId: isFifo ? group : undefined,
    source: isFifo ? undefined : group,
    attributes: Object.fromEntries(
      Object.entries(record.messageAttributes).map(([name, attribute]) => [name, toAttribute(attribute)]),
    ),
  };
}

/** What of an event could be read. */
export interface RecordsRead {
  readonly messages: readonly Message[];
  /** The records of which not even the message's system attributes can be read, and on a FIFO queue all behind the first. */
  readonly unreadMessageIds: readonly string[];
}

/** Reads the records of an event. */
export function readRecords(records: readonly SQSRecord[], defects: Defects): RecordsRead {
  const messages: Message[] = [];
  const unreadMessageIds: string[] = [];
  for (const record of records) {
    // Its message group is not known either, so that anything may be behind it.
    const isBehindUnread = unreadMessageIds.length > 0 && isFifo(records);
    const message = isBehindUnread ? undefined : readRecord(record, defects);
    if (message) messages.push(message);
    else unreadMessageIds.push(record.messageId);
  }
  return { messages, unreadMessageIds };
}

function readRecord(record: SQSRecord, defects: Defects): Message | undefined {
  return defects.guard<Message | undefined>(
    record.messageId,
    () => toMessage(record),
    (defect) => readWithoutAttributes(record, defect),
  );
}

/** What throws here is of a message whose defect is noted already; noted again, it would count for two. */
function readWithoutAttributes(record: SQSRecord, defect: Reason): Message | undefined {
  try {
    return { ...toMessage({ ...record, messageAttributes: {} }), defect };
  } catch {
    return undefined;
  }
}

function isFifo(records: readonly SQSRecord[]): boolean {
  return records.some(({ eventSourceARN }) => eventSourceARN?.endsWith('.fifo'));
}

/** Writes the partial batch response: what is named, once each, is received again, what is not named is deleted. */
export function toBatchResponse(failedMessageIds: readonly string[]): SQSBatchResponse {
  return { batchItemFailures: [...new Set(failedMessageIds)].map((itemIdentifier) => ({ itemIdentifier })) };
}

function toAttribute({ dataType, stringValue, binaryValue }: SQSMessageAttribute): MessageAttribute {
  return binaryValue === undefined || binaryValue === null
    ? { dataType, stringValue }
    : { dataType, binaryValue: Buffer.from(binaryValue, 'base64') };
}
