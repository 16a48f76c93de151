/** The users queue of a simulation: what arrives when, as the mapping sees it, and how many requests that took. */
import type { PolledQueue } from '../../local/event-source-mapping/polled-queue.ts';
import type { SqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import { createQueue, type QueuedMessage, SqsError } from '../services/queue.ts';
import { systemAttributesOf } from '../services/sqs.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** Requests to SQS; each is billed. */
export interface SqsRequests {
  receives: number;
  deletes: number;
  visibilityChanges: number;
}

export interface QueueModelOptions {
  readonly clock: VirtualClock;
  /** When each message arrives, in virtual milliseconds, in order. */
  readonly arrivals: Iterator<number>;
  /** Writes the body of the nth message. */
  readonly bodyOf: (message: number) => string;
  readonly visibilityTimeoutInSeconds: number;
  readonly maxReceiveCount: number;
  /** What a request to SQS takes, in milliseconds. */
  readonly requestMilliseconds: number;
}

export interface QueueModel {
  /** As the event source mapping sees it. */
  readonly polled: PolledQueue;
  readonly requests: SqsRequests;
  /** Hides a message for that long from now. */
  changeVisibility(receiptHandle: string, delayInSeconds: number): void;
  /** Messages that have arrived so far. */
  arrived(): number;
  /** Messages that are in the queue now. */
  depth(): { readonly visible: number; readonly hidden: number };
  /** When the oldest of them was sent, in virtual milliseconds. */
  oldestSentAt(): number | undefined;
  /** When a message was sent, in virtual milliseconds; undefined once it has left the queue. */
  sentAt(message: number): number | undefined;
  /** How often each message that has left was received: index 1 is those received once. */
  readonly receivesPerMessage: readonly number[];
  /** The bodies of messages that the queue itself moved to the dead-letter queue, for having been received too often. */
  readonly moved: readonly string[];
  /** Resolves when everything has arrived and has left again. */
  readonly drained: Promise<void>;
}

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';

/** Makes the users queue. Messages come in the order in which they became visible. */
export function createQueueModel(options: QueueModelOptions): QueueModel {
  const { clock, arrivals, bodyOf, maxReceiveCount, requestMilliseconds } = options;
  const requests: SqsRequests = { receives: 0, deletes: 0, visibilityChanges: 0 };
  const receivesPerMessage: number[] = [];
  const moved: string[] = [];
  const drained = Promise.withResolvers<void>();
  let changed = Promise.withResolvers<void>();
  let arrivedCount = 0;
  let left = 0;
  let next = arrivals.next();
  if (next.done) drained.resolve();

  const leave = ({ receives }: QueuedMessage) => {
    left++;
    receivesPerMessage[receives] = (receivesPerMessage[receives] ?? 0) + 1;
    if (left === arrivedCount && next.done) drained.resolve();
  };
  const letters = createQueue({ name: 'letters', fifo: false, visibilityTimeoutInSeconds: 30 });
  const queue = createQueue({
    name: 'users',
    fifo: false,
    visibilityTimeoutInSeconds: options.visibilityTimeoutInSeconds,
    // A simulation may go on for as long as it likes.
    retentionInSeconds: Number.POSITIVE_INFINITY,
    redrive: { to: letters, maxReceiveCount },
    observer: {
      onReceived: () => wake(),
      onVisibilityChanged: () => wake(),
      onDeleted: leave,
      onMoved: (message) => {
        moved.push(message.body);
        leave(message);
      },
    },
  });

  /** What waits for something to become visible looks again when that will be. */
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };

  /** Lets in what has arrived. */
  const letIn = () => {
    for (; !next.done && next.value <= clock.now(); next = arrivals.next()) {
      queue.send(next.value, { body: bodyOf(arrivedCount++) });
    }
  };

  const receive = async (maximum: number, waitInSeconds: number): Promise<readonly SqsRecord[]> => {
    requests.receives++;
    await clock.sleep(requestMilliseconds);
    const until = clock.now() + waitInSeconds * 1000;
    for (;;) {
      letIn();
      const messages = queue.receive(clock.now(), maximum);
      if (messages.length > 0 || clock.now() >= until) return messages.map(toRecord);
      const at = Math.min(until, queue.nextVisibleAt(clock.now()), next.done ? Number.POSITIVE_INFINITY : next.value);
      await Promise.race([clock.sleep(at - clock.now()), changed.promise]);
    }
  };

  const deleteMessages = async (records: readonly SqsRecord[]) => {
    if (records.length === 0) return [];
    requests.deletes += Math.ceil(records.length / 10);
    await clock.sleep(requestMilliseconds);
    for (const { receiptHandle } of records) queue.delete(clock.now(), receiptHandle);
    return [];
  };

  return {
    polled: { createReceiver: () => receive, deleteMessages, answerLongPolls: () => undefined },
    requests,
    changeVisibility: (receiptHandle, delayInSeconds) => {
      try {
        queue.changeVisibility(clock.now(), receiptHandle, delayInSeconds);
      } catch (error) {
        // What is visible again already, or gone, stays so.
        if (!(error instanceof SqsError)) throw error;
      }
    },
    arrived: () => arrivedCount,
    depth: () => {
      letIn();
      return queue.depth(clock.now());
    },
    // They are kept in the order in which they arrived.
    oldestSentAt: () => queue.messages().next().value?.sentAt,
    sentAt: (message) => queue.find(`users-${message + 1}`)?.sentAt,
    receivesPerMessage,
    moved,
    drained: drained.promise,
  };
}

function toRecord(message: QueuedMessage): SqsRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt!,
    body: message.body,
    attributes: systemAttributesOf(message),
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE_ARN,
    awsRegion: 'eu-west-1',
  };
}
