/** How fast an environment calls: its share of the quota, or less while others use up what it counts on. */
import type { Clock } from './ports.ts';

/** Answers that are looked at together. */
const WINDOW = 50;
/** The share of throttled calls that is noise, not a sign of others who use the same quota. */
const TOLERATED = 0.06;
/** How much slower it gets for each throttled call beyond the tolerated ones, as a factor on their share. */
const CUT = 1.8;
/** The most that one window cuts. */
const LARGEST_CUT = 0.5;
/** How much faster it gets after a window that was tolerable. */
const GROWTH = 1.03;
/** It never gets slower than this part of its share, so that it notices when the others have stopped. */
const SLOWEST = 0.05;
/** Nor slower than this, in calls a second: it would not get to a call before the function's time is up. */
const SLOWEST_PER_SECOND = 0.1;
/** However much was cut, this long after the last cut it is back, in milliseconds: slowly at first, by the cube of the time. */
const RECOVERY = 600_000;
/** How much faster it gets with each call that is let through after a time in which none was, up to what was good before. */
const FAST_GROWTH = 1.25;
/** A window ends early when it is clear already: this many throttled calls, and a third of all. */
const CLEAR_CASE = 4;

/** The rate, and what it learns from. */
export interface AdaptiveRate {
  /** In calls a second. */
  perSecond(): number;
  /** Takes note of how one call was answered. */
  answered(throttled: boolean): void;
}

/**
 * Makes a rate that begins at its share. It is cut by the part of the calls that were throttled, and grows back: in small
 * steps as answers come, and with the time since the last cut, so that one that was cut to next to nothing does not wait
 * for the few answers that it gets. After a time in which no call at all was let through it grows back in large steps, up to
 * what was good before. docs/adr/0010-pacing.md has what other numbers came to.
 *
 * @param share - calls a second, the most that it ever is
 */
export function createAdaptiveRate(share: number, clock: Pick<Clock, 'now'>): AdaptiveRate {
  const slowest = Math.max(share * SLOWEST, Math.min(share, SLOWEST_PER_SECOND));
  let base = share;
  let cutAt = clock.now();
  let answers = 0;
  let throttles = 0;
  /** The rate at which calls were last let through as they should be. */
  let good = share;
  /** What it grows back to fast, since nothing is known against it; undefined when it grows slowly. */
  let aim: number | undefined;

  const perSecond = () => {
    const recovered = share * ((clock.now() - cutAt) / RECOVERY) ** 3;
    return Math.min(share, Math.max(slowest, base + recovered));
  };

  const endWindow = () => {
    const excess = throttles / answers - TOLERATED;
    if (excess > 0) {
      // Where no call was let through, nothing was said about how many might be.
      aim = throttles === answers ? good : undefined;
      base = perSecond() * Math.max(LARGEST_CUT, 1 - CUT * excess);
      cutAt = clock.now();
    } else {
      base = Math.min(share, base * GROWTH);
      good = perSecond();
    }
    answers = 0;
    throttles = 0;
  };

  return {
    perSecond,
    answered(throttled) {
      answers++;
      if (throttled) {
        throttles++;
        // The first that is throttled among calls that are let through says that this is enough for now.
        if (throttles < answers) aim = undefined;
      } else if (aim !== undefined) base = Math.max(base, Math.min(aim, perSecond() * FAST_GROWTH));
      const isClear = throttles >= CLEAR_CASE && throttles * 3 >= answers;
      if (answers >= WINDOW || isClear) endWindow();
    },
  };
}
