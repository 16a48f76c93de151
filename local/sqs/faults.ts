/**
 * Requests to SQS that fail on purpose: as a whole before anything is done, or after it, when only the reply is lost; in
 * single entries of a batch; or in that they are carried out so late that their caller has given up.
 */

/** How often requests of one kind fail. A request has one of the first three faults at most, so they add up to 1 at most. */
export interface SqsFaultRule {
  /** An action of the API, such as `DeleteMessageBatch`. */
  readonly action: string;
  /** @default every queue */
  readonly queueUrl?: string;
  /** The share of requests that are answered with a 503, and nothing is done: 0 to 1. @default 0 */
  readonly refused?: number;
  /** The share of requests that are carried out, and whose connection breaks before the reply: 0 to 1. @default 0 */
  readonly replyDropped?: number;
  /** The share of requests that are carried out late, also when their caller has gone by then: 0 to 1. @default 0 */
  readonly late?: number;
  /** How late, in milliseconds. @default 5000 */
  readonly lateByInMilliseconds?: number;
  /**
   * The share of the entries of batch requests that are not carried out, and that a reply of status 200 lists as failed:
   * 0 to 1. It comes on top of the other faults.
   *
   * @default 0
   */
  readonly entriesFailed?: number;
}

/** What happens to a request. */
export type SqsFault =
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'carriedOut';
      readonly lateByInMilliseconds: number;
      /** The ids of the entries that are not. */
      readonly failedEntryIds: ReadonlySet<string>;
      readonly replyIsDropped: boolean;
    };

/** What a request asks for. */
export interface SqsRequest {
  readonly action: string;
  readonly queueUrl: string | undefined;
  /** The ids of a batch's entries; none for a request that is no batch. */
  readonly entryIds: readonly string[];
}

/** What becomes of a request that no rule is for. */
export const NO_FAULT: SqsFault = {
  kind: 'carriedOut',
  lateByInMilliseconds: 0,
  failedEntryIds: new Set(),
  replyIsDropped: false,
};

/**
 * Draws the fate of a request by the first rule for it.
 *
 * @param random - from 0 (inclusive) to 1 (exclusive)
 */
export function drawSqsFault(request: SqsRequest, rules: readonly SqsFaultRule[], random: () => number): SqsFault {
  const rule = rules.find(
    ({ action, queueUrl }) => action === request.action && (queueUrl === undefined || queueUrl === request.queueUrl),
  );
  if (!rule) return NO_FAULT;
  const { refused = 0, replyDropped = 0, late = 0, lateByInMilliseconds = 5_000, entriesFailed = 0 } = rule;
  const drawn = random();
  if (drawn < refused) return { kind: 'refused' };
  const isLate = drawn >= refused + replyDropped && drawn < refused + replyDropped + late;
  return {
    kind: 'carriedOut',
    lateByInMilliseconds: isLate ? lateByInMilliseconds : 0,
    failedEntryIds: new Set(request.entryIds.filter(() => random() < entriesFailed)),
    replyIsDropped: drawn < refused + replyDropped,
  };
}

/** How often what happened. */
export interface SqsFaultCounts {
  readonly refused: number;
  readonly repliesDropped: number;
  readonly late: number;
  /** Replies of status 200 that list failed entries. */
  readonly partlyFailed: number;
  /** Entries that were not carried out. */
  readonly failedEntries: number;
}

export const NO_FAULTS_YET: SqsFaultCounts = {
  refused: 0,
  repliesDropped: 0,
  late: 0,
  partlyFailed: 0,
  failedEntries: 0,
};

/** Adds a fault to what was counted before it. */
export function countSqsFault(before: SqsFaultCounts, fault: SqsFault): SqsFaultCounts {
  if (fault.kind === 'refused') return { ...before, refused: before.refused + 1 };
  const { replyIsDropped, lateByInMilliseconds, failedEntryIds } = fault;
  return {
    ...before,
    repliesDropped: before.repliesDropped + (replyIsDropped ? 1 : 0),
    late: before.late + (lateByInMilliseconds > 0 ? 1 : 0),
    partlyFailed: before.partlyFailed + (failedEntryIds.size > 0 && !replyIsDropped ? 1 : 0),
    failedEntries: before.failedEntries + failedEntryIds.size,
  };
}
