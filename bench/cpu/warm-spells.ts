/** What a process's spells say of the code once it is warm. */
import { median } from '../in-turns.ts';

/**
 * Spells until V8 has compiled all that it will, on a busy machine, too. The more code a contender has, the longer it
 * takes: after half as many, the pipeline that knows a schema looks up to a third slower than it is.
 */
const WARM_UP_SPELLS = 20;

const WARM_SPELLS = 20;

/** Spells that a process has to go through. */
export const SPELLS = WARM_UP_SPELLS + WARM_SPELLS;

/**
 * The time that counts of those of all spells, in their order: the median of the warm ones. The best would be of a spell that
 * left the collection of its garbage to the next.
 */
export function warmTime(times: readonly number[]): number {
  if (times.length !== SPELLS) throw new Error(`there are ${SPELLS} spells, not ${times.length}`);
  return median(times.slice(WARM_UP_SPELLS));
}
