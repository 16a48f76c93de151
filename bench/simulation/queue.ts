/** A model of the users queue: what is visible when, how often it was received, and how many requests that took. */
import TinyQueue from 'tinyqueue';
import type { PolledQueue } from '../../local/event-source-mapping/polled-queue.ts';
import type { SqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** A message of the model. */
interface ModelMessage {
  readonly id: number;
  readonly body: string;
  /** In virtual milliseconds. */
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
}

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

/** Makes the model of a standard queue. Messages come in the order in which they became visible. */
export function createQueueModel(options: QueueModelOptions): QueueModel {
  const { clock, arrivals, bodyOf, maxReceiveCount, requestMilliseconds } = options;
  const requests: SqsRequests = { receives: 0, deletes: 0, visibilityChanges: 0 };
  const present = new Map<number, ModelMessage>();
  const invisible = new TinyQueue<{ readonly at: number; readonly message: ModelMessage }>([], (a, b) => a.at - b.at);
  const receivesPerMessage: number[] = [];
  const moved: string[] = [];
  const drained = Promise.withResolvers<void>();
  let visible: ModelMessage[] = [];
  let taken = 0;
  let arrivedCount = 0;
  let next = arrivals.next();
  if (next.done) drained.resolve();
  let changed = Promise.withResolvers<void>();

  const take = (maximum: number): ModelMessage[] => {
    letIn();
    const messages: ModelMessage[] = [];
    while (messages.length < maximum && taken < visible.length) {
      const message = visible[taken++]!;
      if (!present.has(message.id)) continue;
      if (message.receives >= maxReceiveCount) {
        moved.push(message.body);
        leave(message);
        continue;
      }
      message.receives++;
      hide(message, options.visibilityTimeoutInSeconds);
      messages.push(message);
    }
    if (taken > 10_000) {
      visible = visible.slice(taken);
      taken = 0;
    }
    return messages;
  };

  /** Lets in what has arrived, and what has become visible again. */
  const letIn = () => {
    const now = clock.now();
    for (; !next.done && next.value <= now; next = arrivals.next()) {
      const id = arrivedCount++;
      const message = { id, body: bodyOf(id), sentAt: next.value, receives: 0, visibleAt: next.value };
      present.set(id, message);
      visible.push(message);
    }
    for (let first = invisible.peek(); first && first.at <= now; first = invisible.peek()) {
      invisible.pop();
      // It may have been hidden anew, or be gone.
      if (present.has(first.message.id) && first.message.visibleAt === first.at) visible.push(first.message);
    }
  };

  const hide = (message: ModelMessage, seconds: number) => {
    message.visibleAt = clock.now() + seconds * 1000;
    invisible.push({ at: message.visibleAt, message });
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };

  const leave = (message: ModelMessage) => {
    present.delete(message.id);
    receivesPerMessage[message.receives] = (receivesPerMessage[message.receives] ?? 0) + 1;
    if (present.size === 0 && next.done) drained.resolve();
  };

  const nextVisibleAt = () =>
    Math.min(next.done ? Number.POSITIVE_INFINITY : next.value, invisible.peek()?.at ?? Number.POSITIVE_INFINITY);

  const receive = async (maximum: number, waitInSeconds: number): Promise<readonly SqsRecord[]> => {
    requests.receives++;
    await clock.sleep(requestMilliseconds);
    const until = clock.now() + waitInSeconds * 1000;
    for (;;) {
      const messages = take(maximum);
      const at = Math.min(until, nextVisibleAt());
      if (messages.length > 0 || clock.now() >= until) return messages.map(toRecord);
      await Promise.race([clock.sleep(at - clock.now()), changed.promise]);
    }
  };

  const deleteMessages = async (records: readonly SqsRecord[]) => {
    if (records.length === 0) return [];
    requests.deletes += Math.ceil(records.length / 10);
    await clock.sleep(requestMilliseconds);
    for (const { messageId } of records) {
      const message = present.get(Number(messageId));
      if (message) leave(message);
    }
    return [];
  };

  return {
    polled: { createReceiver: () => receive, deleteMessages, answerLongPolls: () => undefined },
    requests,
    changeVisibility: (receiptHandle, delayInSeconds) => {
      const message = present.get(Number(receiptHandle));
      if (message) hide(message, delayInSeconds);
    },
    arrived: () => arrivedCount,
    depth: () => {
      letIn();
      const waiting = Math.min(visible.length - taken, present.size);
      return { visible: waiting, hidden: present.size - waiting };
    },
    // They are kept in the order in which they arrived.
    oldestSentAt: () => present.values().next().value?.sentAt,
    sentAt: (message) => present.get(message)?.sentAt,
    receivesPerMessage,
    moved,
    drained: drained.promise,
  };
}

function toRecord({ id, body, sentAt, receives }: ModelMessage): SqsRecord {
  return {
    messageId: String(id),
    receiptHandle: String(id),
    body,
    attributes: { ApproximateReceiveCount: String(receives), SentTimestamp: String(Math.floor(sentAt)) },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE_ARN,
    awsRegion: 'eu-west-1',
  };
}
