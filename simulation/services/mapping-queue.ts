/** The users queue as the event source mapping sees it. */
import type { PolledQueue } from '../../local/event-source-mapping/polled-queue.ts';
import type { SqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import type { Faults } from '../faults.ts';
import type { Journal } from '../journal.ts';
import { AWS } from '../machine/machine.ts';
import type { Timeline } from '../machine/timeline.ts';
import { serialsIn } from '../records.ts';
import { md5, type Queue, type QueuedMessage } from './queue.ts';
import { systemAttributesOf } from './sqs.ts';

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';

export function createMappingQueue(queue: Queue, timeline: Timeline, faults: Faults, journal: Journal): PolledQueue {
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => timeline.schedule(AWS, milliseconds, resolve));
  const arn = queue.fifo ? `${QUEUE_ARN}.fifo` : QUEUE_ARN;

  const receive = async (maximum: number, waitInSeconds: number): Promise<readonly SqsRecord[]> => {
    await sleep(10);
    const until = timeline.now() + waitInSeconds * 1000;
    for (;;) {
      const now = timeline.now();
      const received = queue.receive(now, maximum);
      if (received.length > 0) {
        if (faults.happens('mapping.receiveLost', 'receive')) return [];
        return received.map((message) => toRecord(message, arn));
      }
      if (now >= until) return [];
      await sleep(Math.max(20, Math.min(until, queue.nextVisibleAt(now)) - now));
    }
  };

  /**
   * Deletes in the order of the batch. On a FIFO queue nothing is deleted behind what was not, in its group: AWS does not say
   * what happens then, and the order would be lost by Lambda itself.
   */
  const deleteMessages = async (records: readonly SqsRecord[]): Promise<readonly string[]> => {
    await sleep(10);
    const undeleted: string[] = [];
    const blocked = new Set<string | undefined>();
    for (const { messageId, receiptHandle, attributes, body } of records) {
      const isBlocked = queue.fifo && blocked.has(attributes.MessageGroupId);
      if (isBlocked || faults.happens('mapping.deleteFails', messageId)) {
        blocked.add(attributes.MessageGroupId);
        undeleted.push(messageId);
        journal.note('mapping', 'cannot delete', serialsIn(body));
        continue;
      }
      try {
        queue.delete(timeline.now(), receiptHandle);
      } catch {
        blocked.add(attributes.MessageGroupId);
        undeleted.push(messageId);
      }
    }
    return undeleted;
  };

  return { createReceiver: () => receive, deleteMessages, answerLongPolls: () => undefined };
}

function toRecord(message: QueuedMessage, eventSourceARN: string): SqsRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt!,
    body: message.body,
    attributes: systemAttributesOf(message),
    messageAttributes: Object.fromEntries(
      Object.entries(message.attributes ?? {}).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          dataType: DataType,
          ...(StringValue !== undefined && { stringValue: StringValue }),
          ...(BinaryValue !== undefined && { binaryValue: BinaryValue }),
          stringListValues: [],
          binaryListValues: [],
        },
      ]),
    ),
    md5OfBody: md5(message.body),
    eventSource: 'aws:sqs',
    eventSourceARN,
    awsRegion: 'eu-west-1',
  };
}
