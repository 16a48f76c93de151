/** What becomes of a batch's messages after the invocation: the one decision that an event source mapping makes. */
import { isJsonObject } from '../../contract/message/json-object.ts';
import type { InvocationResult } from '../lambda/invocation-result.ts';

/** Messages by their ids. Those that are not deleted are seen again when their visibility timeout ends. */
export type BatchVerdict =
  | { readonly kind: 'succeeded'; readonly deleted: readonly string[] }
  | { readonly kind: 'partlyFailed'; readonly deleted: readonly string[]; readonly failed: readonly string[] }
  | { readonly kind: 'failed'; readonly failed: readonly string[]; readonly reason: string };

/**
 * Decides about a batch.
 *
 * | the invocation | what is deleted |
 * |---|---|
 * | failed | nothing |
 * | succeeded, and the function reports no batch item failures | everything |
 * | responded with nothing, `null`, `{}`, or no failures (an empty list, `null` or none) | everything |
 * | named messages that failed, each of the batch | everything else |
 * | responded with anything else | nothing |
 *
 * Source: Lambda developer guide, "Success and failure conditions" of partial batch responses.
 *
 * @param messageIds - of the batch, in its order
 * @param reportsBatchItemFailures - whether the mapping heeds the response at all
 */
export function judgeBatch(
  result: InvocationResult,
  messageIds: readonly string[],
  reportsBatchItemFailures: boolean,
): BatchVerdict {
  if (result.kind === 'functionError') return failedBatch(messageIds, `${result.errorType}: ${result.errorMessage}`);
  if (!reportsBatchItemFailures) return { kind: 'succeeded', deleted: messageIds };

  const reported = readFailures(result.payload, new Set(messageIds));
  if (reported.kind === 'malformed') return failedBatch(messageIds, `Malformed response: ${reported.reason}`);
  if (reported.ids.size === 0) return { kind: 'succeeded', deleted: messageIds };
  return {
    kind: 'partlyFailed',
    deleted: messageIds.filter((id) => !reported.ids.has(id)),
    failed: messageIds.filter((id) => reported.ids.has(id)),
  };
}

/** The verdict on a batch of which nothing may be deleted. */
export function failedBatch(messageIds: readonly string[], reason: string): BatchVerdict {
  return { kind: 'failed', failed: messageIds, reason };
}

type ReportedFailures =
  | { readonly kind: 'read'; readonly ids: ReadonlySet<string> }
  | { readonly kind: 'malformed'; readonly reason: string };

const NO_FAILURES: ReportedFailures = { kind: 'read', ids: new Set() };

function readFailures(response: unknown, messageIds: ReadonlySet<string>): ReportedFailures {
  if (response === undefined || response === null) return NO_FAILURES;
  if (!isJsonObject(response)) return malformed('it is not an object');
  const { batchItemFailures } = response;
  if (batchItemFailures === undefined || batchItemFailures === null) return NO_FAILURES;
  if (!Array.isArray(batchItemFailures)) return malformed('batchItemFailures is not an array');

  const ids = new Set<string>();
  for (const [index, failure] of batchItemFailures.entries()) {
    const identifier: unknown = isJsonObject(failure) ? failure.itemIdentifier : undefined;
    if (typeof identifier !== 'string' || !messageIds.has(identifier)) {
      return malformed(`batchItemFailures[${index}].itemIdentifier is not the id of a message of the batch`);
    }
    ids.add(identifier);
  }
  return { kind: 'read', ids };
}

function malformed(reason: string): ReportedFailures {
  return { kind: 'malformed', reason };
}
