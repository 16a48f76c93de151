import type { Reason } from '../../contract/message/reason.ts';

/**
 * What becomes of one user in one invocation.
 *
 * | verdict      | when                                                    | what happens                              |
 * |--------------|---------------------------------------------------------|-------------------------------------------|
 * | delivered    | PutUsers returned 200 for its group                     | acknowledged                              |
 * | superseded   | a newer record of the same user was delivered, in the batch or before | acknowledged                |
 * | rejected     | it breaks the contract, or PutUsers refused it          | dead-lettered with its reason, acknowledged |
 * | transient    | PutUsers failed in a way that passes                    | retried; dead-lettered on its last receive |
 * | notAttempted | the deadline came first, or PutUsers was down           | as transient                              |
 */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** By a newer record of the batch; or by one that was delivered before (`stored`), as the order guard knows. */
  | { readonly kind: 'superseded'; readonly by?: 'stored' }
  | { readonly kind: 'rejected'; readonly reason: Reason }
  | { readonly kind: 'transient'; readonly reason: Reason }
  | { readonly kind: 'notAttempted'; readonly reason: Reason };

/** A verdict after which the user needs another invocation, unless its message has no receive left. */
export type Unsettled = Extract<Verdict, { kind: 'transient' | 'notAttempted' }>;

/** Whether a user needs another invocation. */
export function isUnsettled(verdict: Verdict): verdict is Unsettled {
  return verdict.kind === 'transient' || verdict.kind === 'notAttempted';
}
