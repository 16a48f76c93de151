import type { SqsQueue } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { isNoisyShare } from '../fair-queue/noisy-groups.ts';

type Message = SqsQueue['messages'][number];

/** What one receive gives, at most. Source: ReceiveMessage API reference. */
const MOST_RECEIVED = 10;

/**
 * Makes a standard queue of fauxqs hand out messages of quiet groups first, as SQS does: fauxqs 2.4.1 knows no groups there. Of
 * the two measures it has the one of messages in flight; processing time is left out. A group is quiet again when nothing of
 * it is left.
 *
 * @param groupOf - the group that a message was sent with, if it was sent with one
 * @returns the groups that are noisy now
 */
export function handOutQuietGroupsFirst(
  queue: SqsQueue,
  groupOf: (message: Message) => string | undefined,
): () => readonly string[] {
  const enqueue = queue.enqueue.bind(queue);
  const dequeue = queue.dequeue.bind(queue);
  const noisy = new Set<string>();

  queue.enqueue = (message) => {
    message.messageGroupId ??= groupOf(message);
    enqueue(message);
  };
  queue.dequeue = (maxCount, ...options) => {
    queue.processTimers();
    findNoisyGroups(queue, noisy);
    if (noisy.size > 0) bringForward(queue, noisy);
    return dequeue(maxCount, ...options);
  };
  return () => {
    queue.processTimers();
    findNoisyGroups(queue, noisy);
    return [...noisy];
  };
}

function findNoisyGroups(queue: SqsQueue, noisy: Set<string>): void {
  const inFlight = new Map<string, number>();
  for (const { message } of queue.inflightMessages.values()) {
    const group = message.messageGroupId;
    if (group !== undefined) inFlight.set(group, (inFlight.get(group) ?? 0) + 1);
  }
  for (const [group, count] of inFlight) if (isNoisyShare(count, queue.inflightMessages.size)) noisy.add(group);
  for (const group of noisy) {
    if (inFlight.has(group) || queue.messages.some((message) => message.messageGroupId === group)) continue;
    noisy.delete(group);
  }
}

/** Moves the first messages of quiet groups to where the next receive takes them, in their order. */
function bringForward(queue: SqsQueue, noisy: ReadonlySet<string>): void {
  const quiet: Message[] = [];
  for (let index = 0; index < queue.messages.length && quiet.length < MOST_RECEIVED; index++) {
    const message = queue.messages[index]!;
    if (message.messageGroupId !== undefined && noisy.has(message.messageGroupId)) continue;
    quiet.push(message);
    queue.messages.splice(index--, 1);
  }
  queue.messages.unshift(...quiet);
}
