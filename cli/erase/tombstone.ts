/**
 * How an erased user is kept out where the order guard is on (docs/adr/0013-order-guard.md): the table remembers the time of the
 * erasure as if a record of that version had been delivered. Whatever is older, in the queues or replayed, is superseded; what a
 * producer sends later brings the user back, by right.
 *
 * It waits for a lease to end: whoever holds one may be calling PutUsers with an older record, and writes down what it
 * has delivered when the lease ends. No lease is needed for it, since no call follows.
 */
import type { VersionOrder } from '../../contract/message/record-version.ts';

/** What the table remembers of a user; see lambda/core/order/lease.ts. */
export interface Remembered {
  readonly delivered?: VersionOrder | undefined;
  readonly owner?: string | undefined;
  readonly until?: number | undefined;
}

export interface Tombstone {
  /** Of the erasure: what is older is superseded. */
  readonly version: VersionOrder;
  /** In milliseconds since the epoch. */
  readonly now: number;
}

/** What becomes of a tombstone. */
export type Erasure =
  | { readonly kind: 'written' }
  /** A record with a later version was delivered: the user is there by right, or its versions are no times. */
  | { readonly kind: 'newer' }
  /** Somebody delivers a record of the user, until then at the latest. */
  | { readonly kind: 'beingUpdated'; readonly until: number };

/** Decides. {@link tombstoneExpression} is the same as a condition. */
export function erasureOf({ delivered, owner, until }: Remembered, { version, now }: Tombstone): Erasure {
  if (delivered !== undefined && delivered > version) return { kind: 'newer' };
  if (owner !== undefined && until! >= now) return { kind: 'beingUpdated', until: until! };
  return { kind: 'written' };
}

/** The condition of the write, in DynamoDB's words. */
export const TOMBSTONE_CONDITION =
  '(attribute_not_exists(#delivered) OR #delivered <= :version) AND (attribute_not_exists(#owner) OR #until < :now)';

/** What the table remembers once it is written. The lease that has run out is gone: whoever held it may not end it any more. */
export const TOMBSTONE_UPDATE = 'SET #delivered = :version, #expires = :expires REMOVE #owner, #until';
