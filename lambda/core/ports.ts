/**
 * What the core needs of the world. Under Lambda and on a laptop these are AWS clients; in the simulation they are
 * models on a virtual clock.
 */

import type { Random } from '../../aws/equal-jitter.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { LeaseEnd, LeaseEndReply, LeaseReply, LeaseRequest } from './order/lease.ts';

/**
 * Puts 1 to 10 users in one call and one attempt: no retries of its own, since each attempt spends the quota.
 *
 * @throws whatever the call failed with; `classify` says what that means
 */
export type PutUsers = (users: readonly UserRecord[], within: TimeAllowed) => Promise<void>;

/** The time after which whatever has no answer yet has failed. */
export interface TimeAllowed {
  readonly timeoutInMilliseconds: number;
}

/** Sends dead letters. Never throws: a letter that is not known to be stored is a failure of that letter. */
export type SendDeadLetters = (
  letters: readonly DeadLetter[],
  within: TimeAllowed,
) => Promise<readonly DeadLetterFailure[]>;

export interface DeadLetterFailure {
  readonly letter: DeadLetter;
  /** The error's name. */
  readonly code: string;
}

/** Asks for a message to stay invisible this much longer, in whole seconds from 0 to 43,200. */
export interface VisibilityChange {
  readonly receiptHandle: string;
  readonly delayInSeconds: number;
}

/**
 * Changes when messages are seen again. Never throws: where it fails, the queue's own visibility timeout holds.
 *
 * @returns the names of the errors, one for each message that failed
 */
export type ChangeVisibility = (
  changes: readonly VisibilityChange[],
  within: TimeAllowed,
) => Promise<readonly string[]>;

/**
 * The table of versions, by which an old record never undoes a newer one (order/lease.ts). Each write is made whole or not at all,
 * by its condition. Never throws.
 */
export interface UserVersions {
  /** @returns an answer to each, in their order */
  lease(requests: readonly LeaseRequest[], within: TimeAllowed): Promise<readonly LeaseReply[]>;
  /** @returns an answer to each, in their order */
  end(ends: readonly LeaseEnd[], within: TimeAllowed): Promise<readonly LeaseEndReply[]>;
}

/**
 * Time that only goes forward, real or virtual, in milliseconds since some moment: what pace, waits and deadlines go by. A
 * machine's own clock would not do, since it can be set while the function works.
 */
export interface Clock {
  now(): number;
  sleep(milliseconds: number): Promise<void>;
}

/** The time of day, in milliseconds since the epoch: for the age of messages, and for leases, which several machines look at. */
export type WallClock = () => number;

export interface Ports {
  readonly putUsers: PutUsers;
  readonly sendDeadLetters: SendDeadLetters;
  readonly changeVisibility: ChangeVisibility;
  /** @default an older record may undo a newer one of another batch */
  readonly versions?: UserVersions | undefined;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  readonly random: Random;
}
