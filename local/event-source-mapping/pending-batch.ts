/** A batch while it is being gathered: what is in it, and what came with it but belongs to the next. */
import { MAX_EVENT_BYTES } from '../lambda/limits.ts';
import type { SqsRecord } from './sqs-event.ts';

const ENVELOPE_BYTES = Buffer.byteLength('{"Records":[]}');

export interface PendingBatch {
  readonly records: readonly SqsRecord[];
  /** What the event has as JSON. */
  readonly payloadBytes: number;
  /** Messages that were received but did not fit, in their order. */
  readonly surplus: readonly SqsRecord[];
}

export interface BatchLimits {
  readonly batchSize: number;
  /** The event's, as JSON. @default Lambda's, 6 MiB */
  readonly payloadBytes?: number | undefined;
}

export const EMPTY_BATCH: PendingBatch = { records: [], payloadBytes: ENVELOPE_BYTES, surplus: [] };

/**
 * Adds messages to a batch as long as both limits allow, in their order: the first one that does not fit ends the
 * batch. A batch takes its first message whatever its size.
 */
export function addToBatch(batch: PendingBatch, records: readonly SqsRecord[], limits: BatchLimits): PendingBatch {
  return records.reduce((pending, record) => addRecord(pending, record, limits), batch);
}

function addRecord(batch: PendingBatch, record: SqsRecord, limits: BatchLimits): PendingBatch {
  const separatorBytes = batch.records.length > 0 ? 1 : 0;
  const payloadBytes = batch.payloadBytes + separatorBytes + Buffer.byteLength(JSON.stringify(record));
  const isTooLarge = batch.records.length > 0 && payloadBytes > (limits.payloadBytes ?? MAX_EVENT_BYTES);
  if (isTooLarge || isComplete(batch, limits)) return { ...batch, surplus: [...batch.surplus, record] };
  return { ...batch, records: [...batch.records, record], payloadBytes };
}

/** Whether a batch must take no more messages. */
export function isComplete({ records, surplus }: PendingBatch, { batchSize }: BatchLimits): boolean {
  return records.length >= batchSize || surplus.length > 0;
}
