import type { SqsQueue } from '../../node_modules/fauxqs/dist/sqs/sqsStore.js';

type Messages = SqsQueue['messages'];

/**
 * Makes a FIFO queue of fauxqs give several messages of a group in one receive, as SQS does: fauxqs 2.4.1 gives one and
 * locks the group, so no batch would ever hold two messages of a group. Messages that become visible again return to
 * their place in the group, since fauxqs would put those that expire together back in reverse.
 *
 * The group stays locked until none of the messages given is in flight.
 * Source: SQS developer guide, "FIFO queue delivery logic".
 */
export function receiveSeveralOfGroup(queue: SqsQueue): void {
  const receiveOneOfEachGroup = queue.dequeue.bind(queue);
  const returnExpired = queue.processTimers.bind(queue);
  const changeVisibility = queue.changeVisibility.bind(queue);

  queue.dequeue = (maxCount, ...options) => {
    const lockedBefore = new Set(queue.fifoLockedGroups.keys());
    const taken = new Map<string, number>();
    const received: ReturnType<typeof receiveOneOfEachGroup> = [];
    let round: typeof received;
    do {
      round = receiveOneOfEachGroup(maxCount - received.length, ...options);
      received.push(...round);
      unlock(queue, lockedBefore, taken);
    } while (round.length > 0 && received.length < maxCount);
    for (const [group, count] of taken) queue.fifoLockedGroups.set(group, count);
    return received;
  };

  queue.processTimers = () => {
    const inFlight = queue.inflightMessages.size;
    returnExpired();
    if (queue.inflightMessages.size < inFlight) sortGroups(queue);
  };

  queue.changeVisibility = (receiptHandle, timeoutInSeconds) => {
    changeVisibility(receiptHandle, timeoutInSeconds);
    if (timeoutInSeconds === 0) sortGroups(queue);
  };
}

/** Unlocks the groups that were not locked before, adding what was taken of each to `taken`. */
function unlock(queue: SqsQueue, lockedBefore: ReadonlySet<string>, taken: Map<string, number>): void {
  for (const [group, count] of queue.fifoLockedGroups) {
    if (lockedBefore.has(group)) continue;
    taken.set(group, (taken.get(group) ?? 0) + count);
    queue.fifoLockedGroups.delete(group);
  }
}

function sortGroups(queue: SqsQueue): void {
  for (const messages of queue.fifoMessages.values()) messages.sort(bySequenceNumber);
}

/** Sequence numbers are padded to one length, so their order is that of the strings. */
function bySequenceNumber(a: Messages[number], b: Messages[number]): number {
  return (a.sequenceNumber ?? '') < (b.sequenceNumber ?? '') ? -1 : 1;
}
