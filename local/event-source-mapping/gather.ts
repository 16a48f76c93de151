import type { Clock } from './clock.ts';
import { addToBatch, type BatchLimits, EMPTY_BATCH, isComplete, type PendingBatch } from './pending-batch.ts';
import type { SqsRecord } from './sqs-event.ts';

/** What one ReceiveMessage gives and waits for, at most. Source: ReceiveMessage API reference. */
const MAX_RECEIVED = 10;
const MAX_WAIT_IN_SECONDS = 20;

/**
 * How long to leave an empty queue alone when the window has less than a second left, in milliseconds: SQS waits whole
 * seconds only, and a batch must not be kept longer than its window.
 */
const SHORT_PAUSE = 100;

/** Receives messages: up to so many, waiting so many seconds for the first. Never throws; where it fails it gives none. */
export type Receive = (maximum: number, waitInSeconds: number) => Promise<readonly SqsRecord[]>;

export interface GatherOptions extends BatchLimits {
  readonly batchingWindowInSeconds: number;
  readonly receive: Receive;
  readonly clock: Clock;
  /** Aborted when the mapping stops: what has been gathered by then is the batch. */
  readonly stopping: AbortSignal;
}

/**
 * Gathers a batch. It begins with the surplus of the batch before it or else the next messages, for which it waits up to
 * 20 seconds. From there it takes in more until it is full or its window has passed.
 *
 * @returns a batch without messages when none came
 */
export async function gatherBatch(surplus: readonly SqsRecord[], options: GatherOptions): Promise<PendingBatch> {
  const { receive, clock, stopping, batchSize, batchingWindowInSeconds } = options;
  const receiveMore = async (batch: PendingBatch, waitInSeconds: number) => {
    const room = Math.min(batchSize - batch.records.length, MAX_RECEIVED);
    return addToBatch(batch, await receive(room, waitInSeconds), options);
  };

  let batch = addToBatch(EMPTY_BATCH, surplus, options);
  if (batch.records.length === 0) batch = await receiveMore(batch, MAX_WAIT_IN_SECONDS);
  if (batch.records.length === 0) return batch;

  const closesAt = clock.now() + batchingWindowInSeconds * 1000;
  while (!isComplete(batch, options) && !stopping.aborted) {
    const remaining = closesAt - clock.now();
    if (remaining <= 0) break;
    const waitInSeconds = Math.min(Math.floor(remaining / 1000), MAX_WAIT_IN_SECONDS);
    const before = batch.records.length;
    batch = await receiveMore(batch, waitInSeconds);
    const cameToNothing = batch.records.length === before;
    if (cameToNothing && waitInSeconds === 0) await clock.pause(Math.min(remaining, SHORT_PAUSE), stopping);
  }
  return batch;
}
