/** Spreads the calls of one environment over time, so that all environments together fill the quota and stay within it. */
import type { Clock } from './ports.ts';
import { createAdaptiveRate } from './rate.ts';

export interface Pacer {
  /**
   * Waits until the next call may be made.
   *
   * @param deadline - in milliseconds by the clock
   * @returns false, at once and without using up a turn, when that would be after the deadline
   */
  admit(deadline: number): Promise<boolean>;
  /** Tells the pacer that the service has answered a call, and whether it refused it for being one too many. */
  answered(throttled: boolean): void;
}

export interface PacerOptions {
  /** This environment's share of the quota, in calls a second. */
  readonly callsPerSecond: number;
  /**
   * For how long turns that nobody took are kept, in milliseconds; they make up for the gap between two batches. What the
   * environments keep together must fit into what the service lets through at once.
   * @default 1000
   */
  readonly savingInMilliseconds?: number;
}

/**
 * Makes a pacer. It is shared by all invocations of an environment, since the quota does not begin anew with each.
 *
 * Calls are scheduled by a generic cell rate algorithm: each has its turn one interval after the turn before it. A new
 * environment has saved no turns, since the one that it replaces may just have used them.
 */
export function createPacer({ callsPerSecond, savingInMilliseconds = 1000 }: PacerOptions, clock: Clock): Pacer {
  const rate = createAdaptiveRate(callsPerSecond, clock);
  const interval = () => 1000 / rate.perSecond();
  let nextTurn = clock.now();
  /** Resolves when whoever asked last has had its turn, or has none. */
  let last = Promise.resolve();
  /** Those who wait for others to have their turns. */
  let behind = 0;

  /** The turn that comes after those of so many others. */
  const turnAfter = (others: number) =>
    Math.max(nextTurn, clock.now() - Math.max(0, savingInMilliseconds - interval())) + others * interval();
  const isTooLate = (turn: number, deadline: number) => Math.max(turn, clock.now()) > deadline;

  return {
    async admit(deadline) {
      if (isTooLate(turnAfter(behind), deadline)) return false;
      const { promise, resolve: letOthersOn } = Promise.withResolvers<void>();
      const before = last;
      last = promise;
      behind++;
      await before;
      behind--;
      // Only now, since the rate may have changed meanwhile.
      const turn = turnAfter(0);
      const isInTime = !isTooLate(turn, deadline);
      if (isInTime) {
        nextTurn = turn + interval();
        if (turn > clock.now()) await clock.sleep(turn - clock.now());
      }
      letOthersOn();
      return isInTime;
    },
    answered(throttled) {
      rate.answered(throttled);
      // The saved turns are worth nothing when the service has none left.
      if (throttled) nextTurn = Math.max(nextTurn, clock.now()) + interval();
    },
  };
}
