/** What became of users that were sent together. */
import type { Reason } from '../contract/message/reason.ts';

/** A user that was refused, and why. */
export interface Refusal<SomeUser = unknown> {
  /** Its place among those that were to be sent, from 0. */
  readonly index: number;
  /** As it was given. */
  readonly user: SomeUser;
  /** What is wrong with it. */
  readonly reason: Reason;
}

/** How many users were sent, and what became of them. */
export interface SendReport<SomeUser = unknown> {
  /** Users of which it is known what became of them: sent or refused. */
  readonly settled: number;
  /** Users that are in the queue. */
  readonly sent: number;
  /** Messages that carry them. */
  readonly messages: number;
  /** Users that were refused. */
  readonly refused: number;
  /** Each of the refused, unless `onRefused` was told of them. */
  readonly refusals: readonly Refusal<SomeUser>[];
}
