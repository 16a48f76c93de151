/** A model of the users queue: what is visible when, how often it was received, and how many requests that took. */
import TinyQueue from 'tinyqueue';
import type { PolledQueue } from '../../local/event-source-mapping/polled-queue.ts';
import type { SqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import type { Random } from '../../local/random.ts';
import type { Arrival, Source } from './sources.ts';
import type { VirtualClock } from './virtual-clock.ts';
import { createVisibleMessages } from './visible-messages.ts';

/** A message of the model. */
interface ModelMessage {
  readonly id: number;
  readonly body: string;
  /** Its place among the sources. */
  readonly source: number;
  /** Its message group, if it has one. */
  readonly group: string | undefined;
  /** In virtual milliseconds. */
  readonly sentAt: number;
  receives: number;
  visibleAt: number;
  /** When it was received last, while it is in flight. */
  receivedAt: number | undefined;
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
  readonly arrivals: Iterator<Arrival>;
  readonly sources: readonly Source[];
  /** Of what is approximate in SQS. */
  readonly random: Random;
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
  /** When a message was sent, in virtual milliseconds, and from which source; undefined once it has left the queue. */
  find(message: number): { readonly sentAt: number; readonly source: number } | undefined;
  /** How often each message that has left was received: index 1 is those received once. */
  readonly receivesPerMessage: readonly number[];
  /** The bodies of messages that the queue itself moved to the dead-letter queue, for having been received too often. */
  readonly moved: readonly string[];
  /** Resolves when everything has arrived and has left again. */
  readonly drained: Promise<void>;
}

const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';

/**
 * Makes the model of a standard queue, which is a fair one: messages come in the order in which they became visible, those of
 * quiet groups first.
 */
export function createQueueModel(options: QueueModelOptions): QueueModel {
  const { clock, arrivals, sources, bodyOf, maxReceiveCount, requestMilliseconds } = options;
  const requests: SqsRequests = { receives: 0, deletes: 0, visibilityChanges: 0 };
  const present = new Map<number, ModelMessage>();
  const invisible = new TinyQueue<{ readonly at: number; readonly message: ModelMessage }>([], (a, b) => a.at - b.at);
  const receivesPerMessage: number[] = [];
  const moved: string[] = [];
  const drained = Promise.withResolvers<void>();
  const visible = createVisibleMessages<ModelMessage>(options.random);
  let arrivedCount = 0;
  let next = arrivals.next();
  if (next.done) drained.resolve();
  let changed = Promise.withResolvers<void>();

  const take = (maximum: number): ModelMessage[] => {
    letIn();
    const messages: ModelMessage[] = [];
    while (messages.length < maximum) {
      const message = visible.next(clock.now());
      if (!message) break;
      visible.groups.received(message.group, clock.now());
      message.receivedAt = clock.now();
      if (!present.has(message.id) || message.receives >= maxReceiveCount) {
        land(message);
        if (!present.has(message.id)) continue;
        moved.push(message.body);
        leave(message);
        continue;
      }
      message.receives++;
      hide(message, options.visibilityTimeoutInSeconds);
      messages.push(message);
    }
    return messages;
  };

  /** Lets in what has arrived, and what has become visible again. */
  const letIn = () => {
    const now = clock.now();
    for (; !next.done && next.value.at <= now; next = arrivals.next()) {
      const id = arrivedCount++;
      const { at, source } = next.value;
      const { name, isGrouped } = sources[source]!;
      const message = {
        id,
        body: bodyOf(id),
        source,
        group: isGrouped ? name : undefined,
        sentAt: at,
        receives: 0,
        visibleAt: at,
        receivedAt: undefined,
      };
      present.set(id, message);
      visible.add(message);
    }
    for (let first = invisible.peek(); first && first.at <= now; first = invisible.peek()) {
      invisible.pop();
      // It may have been hidden anew, or be gone.
      if (!present.has(first.message.id) || first.message.visibleAt !== first.at) continue;
      land(first.message);
      visible.add(first.message);
    }
  };

  /** It is in flight no more. */
  const land = (message: ModelMessage) => {
    if (message.receivedAt !== undefined) visible.groups.ended(message.group, message.receivedAt, clock.now());
    message.receivedAt = undefined;
  };

  const hide = (message: ModelMessage, seconds: number) => {
    message.visibleAt = clock.now() + seconds * 1000;
    invisible.push({ at: message.visibleAt, message });
    changed.resolve();
    changed = Promise.withResolvers<void>();
  };

  const leave = (message: ModelMessage) => {
    present.delete(message.id);
    land(message);
    receivesPerMessage[message.receives] = (receivesPerMessage[message.receives] ?? 0) + 1;
    if (present.size === 0 && next.done) drained.resolve();
  };

  const nextVisibleAt = () =>
    Math.min(next.done ? Number.POSITIVE_INFINITY : next.value.at, invisible.peek()?.at ?? Number.POSITIVE_INFINITY);

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
      const waiting = Math.min(visible.count, present.size);
      return { visible: waiting, hidden: present.size - waiting };
    },
    // They are kept in the order in which they arrived.
    oldestSentAt: () => present.values().next().value?.sentAt,
    find: (message) => present.get(message),
    receivesPerMessage,
    moved,
    drained: drained.promise,
  };
}

function toRecord({ id, body, group, sentAt, receives }: ModelMessage): SqsRecord {
  return {
    messageId: String(id),
    receiptHandle: String(id),
    body,
    attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(Math.floor(sentAt)),
      ...(group !== undefined && { MessageGroupId: group }),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: QUEUE_ARN,
    awsRegion: 'eu-west-1',
  };
}
