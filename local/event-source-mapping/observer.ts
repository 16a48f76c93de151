import type { BatchVerdict } from './batch-verdict.ts';
import type { SqsRecord } from './sqs-event.ts';

/** Is told what an event source mapping does: for a display, a ledger, a test. What it throws ends the mapping. */
export interface EventSourceMappingObserver {
  /** A batch is settled: the function was invoked with it, and what was to be deleted is. */
  onBatch?(report: BatchReport): void;
  /** A receive failed. It is tried again after a pause. */
  onReceiveError?(error: Error): void;
}

export interface BatchReport {
  /** The batch, in its order. */
  readonly records: readonly SqsRecord[];
  readonly verdict: BatchVerdict;
  /** The ids of messages that were to be deleted and could not be: they are seen again though they succeeded. */
  readonly undeleted: readonly string[];
  /** How long the invocation took, with the wait for an environment. */
  readonly durationInMilliseconds: number;
}

/** Counts over batches, each of which is one invocation. */
export interface Tally {
  readonly batches: number;
  readonly messages: number;
  readonly deletedMessages: number;
  /** Messages that are seen again. */
  readonly failedMessages: number;
  /** Batches of which nothing was deleted. */
  readonly failedBatches: number;
}

export const EMPTY_TALLY: Tally = { batches: 0, messages: 0, deletedMessages: 0, failedMessages: 0, failedBatches: 0 };

/** Adds a batch to what was counted before it. */
export function tally(before: Tally, { records, verdict, undeleted }: BatchReport): Tally {
  const deleted = (verdict.kind === 'failed' ? 0 : verdict.deleted.length) - undeleted.length;
  return {
    batches: before.batches + 1,
    messages: before.messages + records.length,
    deletedMessages: before.deletedMessages + deleted,
    failedMessages: before.failedMessages + records.length - deleted,
    failedBatches: before.failedBatches + (verdict.kind === 'failed' ? 1 : 0),
  };
}
