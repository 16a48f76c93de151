/**
 * The protocol by which an old record never undoes a newer one (docs/adr/0013-order-guard.md). Who calls PutUsers for a user
 * holds a lease on it; the table of versions remembers, besides, the newest version that was delivered. Everything here decides;
 * nothing acts.
 *
 * A lease outlives every call that is made under it: it ends when the invocation has long ended, and it is given back earlier
 * only if no call can still take effect.
 */
import type { Reason } from '../../../contract/message/reason.ts';
import type { VersionOrder } from '../../../contract/message/record-version.ts';

/** What the table remembers of a user. Times are milliseconds since the epoch. */
export interface StoredVersion {
  /** The newest version that PutUsers has taken, and that is known to be taken. @default none is known */
  readonly delivered?: VersionOrder | undefined;
  /** Who holds the lease. @default nobody */
  readonly owner?: string | undefined;
  /** When the lease ends. */
  readonly until?: number | undefined;
}

/** Asks for a user's lease, to call PutUsers with a record of this version. */
export interface LeaseRequest {
  readonly userId: string;
  readonly version: VersionOrder;
  /** Unlike that of any other invocation. */
  readonly owner: string;
  readonly now: number;
  readonly until: number;
}

/** Ends a lease. */
export interface LeaseEnd {
  readonly userId: string;
  readonly owner: string;
  readonly now: number;
  /** The version that was delivered. @default none was */
  readonly delivered?: VersionOrder | undefined;
  /** The lease is kept until then, since a call may still take effect. @default it ends now */
  readonly keptUntil?: number | undefined;
}

/** What the table answers to a request. */
export type LeaseReply =
  | { readonly kind: 'leased'; readonly stored: StoredVersion }
  | { readonly kind: 'refused'; readonly stored: StoredVersion }
  /** It is not known whether the lease was taken. */
  | { readonly kind: 'failed'; readonly reason: Reason };

/** What the table answers to an end. */
export type LeaseEndReply =
  | { readonly kind: 'ended' }
  /** Somebody else has the lease, or nobody. */
  | { readonly kind: 'refused'; readonly stored: StoredVersion }
  | { readonly kind: 'failed'; readonly reason: Reason };

/**
 * How long after it was sent a PutUsers call may still take effect, in milliseconds, if it had no answer. Not known: AWS says
 * nothing about it. Ours waits 5 s for an answer; a minute is what services that answer in milliseconds hardly work on a request
 * for. It has room for clocks that differ by some seconds.
 */
export const CALL_LINGERS_IN_MILLISECONDS = 60_000;

/** Whether the table gives the lease: the condition of its write. */
export function mayLease(stored: StoredVersion, { version, owner, now }: LeaseRequest): boolean {
  const isOlder = stored.delivered !== undefined && stored.delivered > version;
  const isFree = stored.owner === undefined || stored.owner === owner || stored.until! < now;
  return !isOlder && isFree;
}

/** What the table remembers once it has given the lease. */
export function afterLease(stored: StoredVersion, { owner, until }: LeaseRequest): StoredVersion {
  return { ...stored, owner, until };
}

/** Whether the table lets somebody end the lease: the condition of its write. */
export function mayEnd(stored: StoredVersion, { owner }: LeaseEnd): boolean {
  return stored.owner === owner;
}

/** What the table remembers once the lease has ended. */
export function afterEnd(stored: StoredVersion, { delivered, owner, keptUntil }: LeaseEnd): StoredVersion {
  return {
    ...((delivered ?? stored.delivered) !== undefined && { delivered: delivered ?? stored.delivered }),
    ...(keptUntil !== undefined && { owner, until: keptUntil }),
  };
}

/** When a lease ends that nobody ends. `endsAt` is when the invocation is cut off at the latest. */
export function leaseUntil(endsAt: number): number {
  return endsAt + CALL_LINGERS_IN_MILLISECONDS;
}

/** What a record may do. */
export type Admission =
  | { readonly kind: 'call' }
  /** A newer record of the user was delivered. */
  | { readonly kind: 'superseded' }
  /** Somebody else holds the lease, until then at the latest, and may soon give it back. */
  | { readonly kind: 'wait'; readonly until: number }
  /** The lease is held until then, and nobody gives it back. */
  | { readonly kind: 'later'; readonly until: number }
  | { readonly kind: 'failed'; readonly reason: Reason };

/** Decides by the table's answer. */
export function admissionOf(reply: LeaseReply, { version, now }: LeaseRequest): Admission {
  switch (reply.kind) {
    case 'leased':
      return { kind: 'call' };
    case 'refused':
      return isSuperseded(version, reply.stored) ? { kind: 'superseded' } : patienceWith(reply.stored, now);
    case 'failed':
      return reply;
  }
}

/**
 * A lease ends so long after its invocation that one with less time left is none that its invocation may still give back: it is
 * kept for a call that may take effect, or whoever held it has died. Clocks that differ make for a short wait, and for no harm.
 */
function patienceWith({ until }: StoredVersion, now: number): Admission {
  if (until === undefined) return { kind: 'wait', until: now };
  return { kind: until > leaseUntil(now) ? 'wait' : 'later', until };
}

/** Whether a newer record was delivered. Of two with the same version neither is the older. */
export function isSuperseded(version: VersionOrder, { delivered }: StoredVersion): boolean {
  return delivered !== undefined && delivered > version;
}

/** A lease that is held. */
export interface Hold {
  readonly request: LeaseRequest;
  /** What the table remembered when it gave the lease. */
  readonly stored: StoredVersion;
  /** A call had no answer that says what became of it: it may still take effect. */
  readonly mayLinger: boolean;
}

/**
 * How a lease is ended.
 *
 * @param delivered - the version that PutUsers has taken, if it has taken one
 */
export function endOf({ request, mayLinger }: Hold, delivered: VersionOrder | undefined, now: number): LeaseEnd {
  return {
    userId: request.userId,
    owner: request.owner,
    now,
    ...(delivered !== undefined && { delivered }),
    ...(mayLinger && { keptUntil: now + CALL_LINGERS_IN_MILLISECONDS }),
  };
}

/** The code of a record whose version could not be read or written. */
export const ORDER_TABLE_UNAVAILABLE = 'OrderTableUnavailable';

/** The code of a record that waits because another of its user is being delivered. */
export const USER_BEING_UPDATED = 'UserBeingUpdated';

/**
 * Why a delivered record cannot be acknowledged yet; undefined when it can. What the table does not know to be delivered, an
 * older record would undo.
 */
export function problemWithEnd({ delivered }: LeaseEnd, reply: LeaseEndReply): Reason | undefined {
  if (delivered === undefined || reply.kind === 'ended') return undefined;
  if (reply.kind === 'failed') return reply.reason;
  // A write that is repeated, since its answer was lost, finds its own work.
  const isKnown = reply.stored.delivered !== undefined && reply.stored.delivered >= delivered;
  return isKnown ? undefined : LEASE_LOST;
}

const LEASE_LOST: Reason = {
  code: USER_BEING_UPDATED,
  message: 'another record of the same user was begun before this one was finished',
};
