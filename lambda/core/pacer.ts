/** Spreads the calls of one environment over time, so that all environments together fill the quota and stay within it. */
import type { Clock } from './ports.ts';
import { createAdaptiveRate } from './rate.ts';

export interface Pacer {
  /**
   * Waits until the next call may be made.
   *
   * @param deadline - in milliseconds by the clock
   * @param place - of those who wait, who has the smallest has the next turn; of those with the same, who asked first. @default 0
   * @returns false, at once and without using up a turn, when that would be after the deadline
   */
  admit(deadline: number, place?: number): Promise<boolean>;
  /** Resolves when nobody waits for a turn any more. Undefined while nobody does. */
  untilFree(): Promise<void> | undefined;
  /** Tells the pacer that the service has answered a call, and whether it refused it for being one too many. */
  answered(throttled: boolean): void;
}

/** Somebody who waits for a turn. */
interface Waiting {
  readonly place: number;
  readonly deadline: number;
  readonly answer: (hasTurn: boolean) => void;
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
 *
 * A call counts from the moment at which it begins, and not from its turn: on a machine that stood still the one may be
 * long after the other. So however long it stood still, N calls take at least `(N - 1) * interval - saved`, where what is
 * saved is `max(0, savingInMilliseconds - interval)`: each call that begins at t leaves the next turn at
 * `t - saved + interval` or later, and no call begins before its turn.
 */
export function createPacer({ callsPerSecond, savingInMilliseconds = 1000 }: PacerOptions, clock: Clock): Pacer {
  const rate = createAdaptiveRate(callsPerSecond, clock);
  const interval = () => 1000 / rate.perSecond();
  let nextTurn = clock.now();
  /** Who waits, in the order of their turns. */
  const waiting: Waiting[] = [];
  /** The turn that one of them is about to have; undefined when nobody waits. */
  let dueTurn: number | undefined;
  /** The giving of turns. It is over, and says nothing any more, when nobody waits. */
  let givingTurns: Promise<void> | undefined;

  /** The turn of a call that begins now, if the turns that were saved are used. */
  const earliestTurn = () => clock.now() - Math.max(0, savingInMilliseconds - interval());
  /** The turn that comes after those of so many others. */
  const turnAfter = (others: number) => Math.max(nextTurn, earliestTurn()) + others * interval();
  const isTooLate = (turn: number, deadline: number) => Math.max(turn, clock.now()) > deadline;
  const takeTurn = () => {
    const turn = turnAfter(0);
    nextTurn = turn + interval();
    return turn;
  };
  /** Tells those who cannot have this turn in time, nor any later one. */
  const turnAway = (turn: number) => {
    for (const late of waiting.filter(({ deadline }) => isTooLate(turn, deadline))) {
      waiting.splice(waiting.indexOf(late), 1);
      late.answer(false);
    }
  };

  /** Each turn is given when it has come, to whoever is first by then: who asked last may have the smallest place. */
  const giveTurns = async () => {
    for (;;) {
      turnAway(turnAfter(0));
      if (waiting.length === 0) break;
      dueTurn = takeTurn();
      if (dueTurn > clock.now()) {
        await clock.sleep(dueTurn - clock.now());
        nextTurn = Math.max(nextTurn, earliestTurn() + interval());
        turnAway(dueTurn);
      }
      waiting.shift()?.answer(true);
    }
    dueTurn = undefined;
  };

  return {
    async admit(deadline, place = 0) {
      const ahead = waiting.findLastIndex((other) => other.place <= place) + 1;
      const turn = ahead === 0 && dueTurn !== undefined ? dueTurn : turnAfter(Math.max(0, ahead - 1));
      if (isTooLate(turn, deadline)) return false;
      if (dueTurn === undefined && turn <= clock.now()) {
        takeTurn();
        return true;
      }
      const { promise, resolve: answer } = Promise.withResolvers<boolean>();
      waiting.splice(ahead, 0, { place, deadline, answer });
      if (dueTurn === undefined) givingTurns = giveTurns();
      return promise;
    },
    // Turns that were given without a wait are given before there is a promise to be told of.
    untilFree: () => (dueTurn === undefined ? undefined : givingTurns),
    answered(throttled) {
      rate.answered(throttled);
      // The saved turns are worth nothing when the service has none left.
      if (throttled) nextTurn = Math.max(nextTurn, clock.now()) + interval();
    },
  };
}
