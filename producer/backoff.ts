/** How long to wait before an attempt is repeated. */

import type { Random } from '../aws/equal-jitter.ts';
import { equalJitter } from '../aws/equal-jitter.ts';

/** The longest wait before the second attempt, in milliseconds; it doubles with each further one. */
const BASE_IN_MILLISECONDS = 100;

/** The longest wait of all, in milliseconds. */
const MAX_IN_MILLISECONDS = 20_000;

/**
 * The wait after a failed attempt, in milliseconds: half of it grows with the attempts, half of it is random, so that what
 * failed together is not repeated together ("equal jitter").
 *
 * @param attempt - how many have failed, at least 1
 * @param random - from 0 (inclusive) to 1 (exclusive)
 */
export function backoffInMilliseconds(attempt: number, random: Random): number {
  return equalJitter(attempt, BASE_IN_MILLISECONDS, MAX_IN_MILLISECONDS, random);
}
