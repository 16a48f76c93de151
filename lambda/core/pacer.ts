/** Spreads the calls of one environment over time, so that all environments together stay within the quota. */
import type { Clock } from './ports.ts';

export interface Pacer {
  /**
   * Waits until the next call may be made.
   *
   * @param deadline - in milliseconds since the epoch
   * @returns false, at once and without using up a turn, when that would be after the deadline
   */
  admit(deadline: number): Promise<boolean>;
  /** Tells the pacer that the service refused a call for being one too many. */
  throttled(): void;
}

export interface PacerOptions {
  /** This environment's share of the quota, in calls a second. */
  readonly callsPerSecond: number;
  /** Calls that may be made at once after a pause; they make up for the gap between two batches. */
  readonly burst: number;
}

/**
 * Makes a pacer. It is shared by all invocations of an environment, since the quota does not begin anew with each.
 *
 * Calls are scheduled by a generic cell rate algorithm: each has its turn one interval after the turn before it, and
 * turns that nobody took are kept up to the burst.
 */
export function createPacer({ callsPerSecond, burst }: PacerOptions, clock: Clock): Pacer {
  const interval = 1000 / callsPerSecond;
  const slack = interval * (burst - 1);
  let nextTurn = Number.NEGATIVE_INFINITY;
  return {
    async admit(deadline) {
      const now = clock.now();
      const turn = Math.max(nextTurn, now - slack);
      if (Math.max(turn, now) > deadline) return false;
      nextTurn = turn + interval;
      if (turn > now) await clock.sleep(turn - now);
      return true;
    },
    throttled() {
      nextTurn = Math.max(nextTurn, clock.now()) + interval;
    },
  };
}
