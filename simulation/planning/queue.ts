/** The users queue of a simulation: what arrives when, as the mapping sees it, and how many requests that took. */
import type { PolledQueue } from '../../local/event-source-mapping/polled-queue.ts';
import type { SqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import type { Random } from '../../local/random.ts';
import { createQueue, type QueuedMessage, SqsError } from '../services/queue.ts';
import { systemAttributesOf } from '../services/sqs.ts';
import type { Arrival, Source } from './sources.ts';
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
  readonly arrivals: Iterator<Arrival>;
  readonly sources: readonly Source[];
  /** Of what is approximate in SQS. */
  readonly random: Random;
  /** Writes the body of the nth message. */
  readonly bodyOf: (message: number) => string;
  readonly visibilityTimeoutInSeconds: number;
  readonly maxReceiveCount: number;
  /** Whether it is a FIFO queue, in which each message's group is its first user. @default a standard queue */
  readonly fifo?: boolean;
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
  /**
   * When the oldest of them was sent, in virtual milliseconds, as CloudWatch sees it: a standard queue leaves out what was received
   * three times or more. Source: SQS developer guide, ApproximateAgeOfOldestMessage.
   */
  oldestSentAt(): number | undefined;
  /** When a message was sent, in virtual milliseconds, and from which source; undefined once it has left the queue. */
  find(message: number): { readonly sentAt: number; readonly source: number } | undefined;
  /** How often each message that has left was received: index 1 is those received once. */
  readonly receivesPerMessage: readonly number[];
  /** The bodies of messages that the queue itself moved to the dead-letter queue, for having been received too often. */
  readonly moved: readonly string[];
  /** Resolves when everything has arrived and has left again. */
  readonly drained: Promise<void>;
}

/** Source: as for `oldestSentAt`. */
const RECEIVES_LEFT_OUT = 3;

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';

/**
 * Makes the users queue: a standard queue, which is a fair one. Messages come in the order in which they became visible, those
 * of quiet groups first. Or a FIFO queue, in the mode of high throughput.
 */
export function createQueueModel(options: QueueModelOptions): QueueModel {
  const { clock, arrivals, sources, bodyOf, maxReceiveCount, requestMilliseconds, fifo = false } = options;
  const requests: SqsRequests = { receives: 0, deletes: 0, visibilityChanges: 0 };
  const sourceOf: number[] = [];
  const receivesPerMessage: number[] = [];
  const moved: string[] = [];
  const drained = Promise.withResolvers<void>();
  let left = 0;
  let next = arrivals.next();
  if (next.done) drained.resolve();
  let changed = Promise.withResolvers<void>();

  /** What waits for something to become visible looks again when that will be. */
  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };
  const leave = ({ receives }: QueuedMessage) => {
    left++;
    receivesPerMessage[receives] = (receivesPerMessage[receives] ?? 0) + 1;
    if (left === sourceOf.length && next.done) drained.resolve();
  };
  const letters = createQueue({ name: 'letters', fifo, visibilityTimeoutInSeconds: 30 });
  const queue = createQueue({
    name: 'users',
    fifo,
    groupsTogether: true,
    visibilityTimeoutInSeconds: options.visibilityTimeoutInSeconds,
    // A simulation may go on for as long as it likes.
    retentionInSeconds: Number.POSITIVE_INFINITY,
    redrive: { to: letters, maxReceiveCount },
    random: options.random,
    observer: {
      onReceived: wake,
      onVisibilityChanged: wake,
      onDeleted: leave,
      onMoved: (message) => {
        moved.push(message.body);
        leave(message);
      },
    },
  });

  /** Lets in what has arrived. */
  const letIn = () => {
    for (; !next.done && next.value.at <= clock.now(); next = arrivals.next()) {
      const { at, source } = next.value;
      const { name, isGrouped } = sources[source]!;
      const number = sourceOf.push(source) - 1;
      const body = bodyOf(number);
      if (fifo) queue.send(at, { body, groupId: groupOf(body), deduplicationId: String(number) });
      else queue.send(at, { body, groupId: isGrouped ? name : undefined });
    }
  };

  const receive = async (maximum: number, waitInSeconds: number): Promise<readonly SqsRecord[]> => {
    requests.receives++;
    await clock.sleep(requestMilliseconds);
    const until = clock.now() + waitInSeconds * 1000;
    for (;;) {
      letIn();
      const messages = queue.receive(clock.now(), maximum);
      if (messages.length > 0 || clock.now() >= until) return messages.map((message) => toRecord(message, fifo));
      const arrives = next.done ? Number.POSITIVE_INFINITY : next.value.at;
      const at = Math.min(until, arrives, queue.nextVisibleAt(clock.now()));
      await Promise.race([clock.sleep(at - clock.now()), changed.promise]);
    }
  };

  /** A FIFO queue deletes nothing that is visible again. */
  const isDeleted = (receiptHandle: string): boolean => {
    try {
      queue.delete(clock.now(), receiptHandle);
      return true;
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      return false;
    }
  };

  const deleteMessages = async (records: readonly SqsRecord[]) => {
    if (records.length === 0) return [];
    requests.deletes += Math.ceil(records.length / 10);
    await clock.sleep(requestMilliseconds);
    return records.filter(({ receiptHandle }) => !isDeleted(receiptHandle)).map(({ messageId }) => messageId);
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
    arrived: () => sourceOf.length,
    depth: () => {
      letIn();
      return queue.depth(clock.now());
    },
    // They are kept in the order in which they arrived.
    oldestSentAt: () => {
      for (const { sentAt, receives } of queue.messages()) if (fifo || receives < RECEIVES_LEFT_OUT) return sentAt;
      return undefined;
    },
    find: (message) => {
      const found = queue.find(`users-${message + 1}`);
      return found && { sentAt: found.sentAt, source: sourceOf[message]! };
    },
    receivesPerMessage,
    moved,
    drained: drained.promise,
  };
}

/** Of a message of several users, the first. */
function groupOf(body: string): string {
  return /"userId":"([^"]+)"/.exec(body)![1]!;
}

function toRecord(message: QueuedMessage, fifo: boolean): SqsRecord {
  return {
    messageId: message.id,
    receiptHandle: message.receipt!,
    body: message.body,
    attributes: systemAttributesOf(message),
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: fifo ? `${QUEUE_ARN}.fifo` : QUEUE_ARN,
    awsRegion: 'eu-west-1',
  };
}
