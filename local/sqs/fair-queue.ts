import type { SqsQueue } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { type Line, nextLine } from '../fair-queue/next-line.ts';
import { createNoisyGroups, type NoisyGroups } from '../fair-queue/noisy-groups.ts';

type Message = SqsQueue['messages'][number];

/** What one receive gives, at most. Source: ReceiveMessage API reference. */
const MOST_RECEIVED = 10;

/** How a standard queue becomes a fair one. */
export interface FairQueueOptions {
  /** The group that a message was sent with, if it was sent with one. */
  readonly groupOf: (message: Message) => string | undefined;
  /** Draws by how much thresholds are off, as a factor. @default they are as documented */
  readonly approximation?: (() => number) | undefined;
  /** In milliseconds. @default the process's */
  readonly now?: () => number;
}

/**
 * Makes a standard queue of fauxqs hand out messages of quiet groups first, as SQS does: fauxqs 2.4.1 knows no groups there.
 *
 * @returns the groups that are noisy now
 */
export function handOutQuietGroupsFirst(
  queue: SqsQueue,
  { groupOf, approximation, now = () => performance.now() }: FairQueueOptions,
): () => readonly string[] {
  const enqueue = queue.enqueue.bind(queue);
  const dequeue = queue.dequeue.bind(queue);
  const deleteMessage = queue.deleteMessage.bind(queue);
  const changeVisibility = queue.changeVisibility.bind(queue);
  /** Groups of which something may be left. */
  const known = new Set<string>();
  /** Messages that are in flight, by their receipt handles, and since when. */
  const inFlight = new Map<string, { readonly group: string | undefined; readonly receivedAt: number }>();
  /** Counted when somebody asks, since there may be very many messages. */
  let waiting: ReadonlyMap<string, number> | undefined;
  const groups = createNoisyGroups({
    approximation,
    waiting: (group) => {
      waiting ??= countByGroup(queue);
      return waiting.get(group) ?? 0;
    },
  });

  const end = (receiptHandle: string) => {
    const flight = inFlight.get(receiptHandle);
    if (!flight || queue.inflightMessages.has(receiptHandle)) return;
    inFlight.delete(receiptHandle);
    groups.ended(flight.group, flight.receivedAt, now());
    waiting = undefined;
    // It may be quiet again from now on, even if more of it comes before the next receive.
    if (flight.group !== undefined) groups.isNoisy(flight.group, now());
  };
  const noticeReceived = () => {
    for (const [receiptHandle, { message }] of queue.inflightMessages) {
      if (inFlight.has(receiptHandle)) continue;
      const flight = { group: message.messageGroupId, receivedAt: now() };
      inFlight.set(receiptHandle, flight);
      groups.received(flight.group, flight.receivedAt);
    }
  };
  const noisyOnes = () => {
    // Visibility timeouts end, and purges happen, without a word.
    queue.processTimers();
    for (const receiptHandle of inFlight.keys()) end(receiptHandle);
    waiting = undefined;
    return [...known].filter((group) => groups.isNoisy(group, now()));
  };

  queue.enqueue = (message) => {
    message.messageGroupId ??= groupOf(message);
    if (message.messageGroupId !== undefined) known.add(message.messageGroupId);
    enqueue(message);
  };
  queue.dequeue = (maxCount, ...options) => {
    const noisy = new Set(noisyOnes());
    if (noisy.size > 0) bringForward(queue, Math.min(maxCount, MOST_RECEIVED), noisy, groups);
    const received = dequeue(maxCount, ...options);
    noticeReceived();
    return received;
  };
  queue.deleteMessage = (receiptHandle) => {
    const isDeleted = deleteMessage(receiptHandle);
    end(receiptHandle);
    return isDeleted;
  };
  queue.changeVisibility = (receiptHandle, timeoutInSeconds) => {
    changeVisibility(receiptHandle, timeoutInSeconds);
    end(receiptHandle);
  };
  return noisyOnes;
}

function countByGroup({ messages, delayedMessages }: SqsQueue): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { messageGroupId: group } of [...messages, ...delayedMessages]) {
    if (group !== undefined) counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return counts;
}

/** A message, and its place in the queue. */
interface Placed {
  readonly message: Message;
  readonly place: number;
}

/** A line of the queue, with its first messages. */
interface FirstOf extends Line {
  readonly messages: Placed[];
}

/** Moves what the next receive is to take to where it takes it. */
function bringForward(
  queue: SqsQueue,
  count: number,
  noisy: ReadonlySet<string>,
  groups: Pick<NoisyGroups, 'inFlight'>,
): void {
  const lines = firstOfEachLine(queue.messages, count, noisy);
  const taken = new Map<string | undefined, number>();
  const takenOf = (group: string | undefined) => taken.get(group) ?? 0;
  const chosen: Placed[] = [];
  while (chosen.length < count) {
    const line = nextLine(
      lines.filter(({ group, messages }) => takenOf(group) < messages.length),
      {
        isQuiet: ({ group }) => group === undefined || !noisy.has(group),
        placeOf: ({ group, messages }) => messages[takenOf(group)]!.place,
        inFlightOf: (group) => groups.inFlight(group) + takenOf(group),
      },
    );
    if (!line) break;
    chosen.push(line.messages[takenOf(line.group)]!);
    taken.set(line.group, takenOf(line.group) + 1);
  }
  for (const { place } of chosen.toSorted((a, b) => b.place - a.place)) queue.messages.splice(place, 1);
  queue.messages.unshift(...chosen.map(({ message }) => message));
}

/** The first messages of each line, as many as can be taken. All that are quiet are one line, since they go by their places. */
function firstOfEachLine(messages: readonly Message[], count: number, noisy: ReadonlySet<string>): readonly FirstOf[] {
  const lines = new Map<string | undefined, FirstOf>();
  for (const [place, message] of messages.entries()) {
    const { messageGroupId } = message;
    const group = messageGroupId !== undefined && noisy.has(messageGroupId) ? messageGroupId : undefined;
    const line = lines.get(group) ?? { group, messages: [] };
    lines.set(group, line);
    if (line.messages.length < count) line.messages.push({ message, place });
    else if (group === undefined) break;
  }
  return [...lines.values()];
}
