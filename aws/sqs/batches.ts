/** How many items go into one batch call to SQS, how many such calls are made at a time, and what a reply leaves open. */
import type { SendMessageBatchResult } from '@aws-sdk/client-sqs';
import { ENTRIES_PER_SQS_BATCH, MAX_MESSAGE_BYTES } from './limits.ts';

/** Batch calls to SQS that an invocation makes at a time, at most. */
export const SQS_CALLS_AT_A_TIME = 10;

/**
 * Fills batches, in order, up to what one call takes: 10 entries, 1 MiB in all. An item that is larger has a batch of its
 * own. Source: SQS API reference, SendMessageBatch.
 *
 * @param bytesOf - what an item counts for; only messages that are sent count for anything
 */
export function packBatches<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number = () => 0,
): readonly (readonly Item[])[] {
  const batches: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const size = bytesOf(item);
    const current = batches.at(-1);
    if (current && current.length < ENTRIES_PER_SQS_BATCH && bytes + size <= MAX_MESSAGE_BYTES) {
      current.push(item);
      bytes += size;
    } else {
      batches.push([item]);
      bytes = size;
    }
  }
  return batches;
}

/**
 * Rounds in which each message group has one item at most, in the order of the group. A call can fail in part: were two of
 * a group in it, the second could be stored without the first.
 */
export function oneOfEachGroup<Item>(
  items: readonly Item[],
  groupOf: (item: Item) => string,
): readonly (readonly Item[])[] {
  const rounds: Item[][] = [];
  const taken = new Map<string, number>();
  for (const item of items) {
    const group = groupOf(item);
    const round = taken.get(group) ?? 0;
    taken.set(group, round + 1);
    rounds[round] ??= [];
    rounds[round].push(item);
  }
  return rounds;
}

/**
 * The items of a SendMessageBatch that are not known to be stored, each with the error's name: those that the reply lists
 * as failed, and those that it does not list at all.
 *
 * @param items - in the order of the entries, of which each has its index for an Id
 */
export function notStored<Item>(
  items: readonly Item[],
  { Successful = [], Failed = [] }: Partial<SendMessageBatchResult>,
): readonly { readonly item: Item; readonly code: string }[] {
  const stored = new Set(Successful.map(({ Id }) => Id));
  const codes = new Map(Failed.map(({ Id, Code }) => [Id, Code]));
  return items.flatMap((item, index) => {
    const id = String(index);
    return stored.has(id) ? [] : [{ item, code: codes.get(id) ?? 'NotConfirmed' }];
  });
}
