/** How fast an environment calls: its share of the quota, or less while others use up what it counts on. */

/** Answers that are looked at together. */
const WINDOW = 50;
/** The share of throttled calls that is noise, not a sign of others who use the same quota. */
const TOLERATED = 0.06;
/** How much slower it gets for each throttled call beyond the tolerated ones, as a factor on their share. */
const CUT = 1.5;
/** The most that one window cuts. */
const LARGEST_CUT = 0.5;
/** How much faster it gets after a window that was tolerable. */
const GROWTH = 1.03;
/** It never gets slower than this part of its share, so that it notices when the others have stopped. */
const SLOWEST = 0.05;
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
 * Makes a rate that begins at its share. It is cut by the part of the calls that were throttled, and grows back in small
 * steps; docs/adr/0010-pacing.md has what other numbers came to.
 *
 * @param share - calls a second, the most that it ever is
 */
export function createAdaptiveRate(share: number): AdaptiveRate {
  let rate = share;
  let answers = 0;
  let throttles = 0;

  const endWindow = () => {
    const excess = throttles / answers - TOLERATED;
    rate = excess > 0 ? rate * Math.max(LARGEST_CUT, 1 - CUT * excess) : rate * GROWTH;
    rate = Math.min(share, Math.max(share * SLOWEST, rate));
    answers = 0;
    throttles = 0;
  };

  return {
    perSecond: () => rate,
    answered(throttled) {
      answers++;
      if (throttled) throttles++;
      const isClear = throttles >= CLEAR_CASE && throttles * 3 >= answers;
      if (answers >= WINDOW || isClear) endWindow();
    },
  };
}
