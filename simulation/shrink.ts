/** Finds the fewest faults of a failing seed that still make it fail. */
import { FAULTS, type FaultKind, type Limits, NO_LIMITS } from './faults.ts';

/** Whether the seed still fails, in the same way, with fewer faults. */
export type StillFails = (limits: Limits) => Promise<boolean>;

/** Runs that are spent on it, at most. */
const MOST_RUNS = 300;

/**
 * Leaves out whole kinds of faults first, then all behind the last one that matters, then each one.
 *
 * @param kinds - that the seed has
 * @param count - faults that have occurred
 */
export async function shrink(kinds: readonly string[], count: number, stillFails: StillFails): Promise<Limits> {
  let limits: Limits = NO_LIMITS;
  let runs = 0;
  const tryTo = async (next: Limits): Promise<boolean> => {
    if (runs++ >= MOST_RUNS || !(await stillFails(next))) return false;
    limits = next;
    return true;
  };

  for (const kind of Object.keys(FAULTS) as FaultKind[]) {
    if (kinds.includes(kind)) await tryTo({ ...limits, off: [...limits.off, kind] });
  }
  let [tooFew, enough] = [-1, count];
  while (enough - tooFew > 1) {
    const middle = Math.floor((tooFew + enough) / 2);
    if (await tryTo({ ...limits, most: middle })) enough = middle;
    else tooFew = middle;
  }
  for (let number = Math.min(enough, MOST_RUNS); number >= 1; number--) {
    await tryTo({ ...limits, without: [...limits.without, number] });
  }
  return limits;
}

/** The options of the command that runs a seed with these limits. */
export function optionsFor(seed: number, { off, most, without }: Limits): string {
  const parts = [`--seed ${seed}`];
  if (off.length > 0) parts.push(`--off ${off.join(',')}`);
  if (most !== Number.POSITIVE_INFINITY) parts.push(`--most ${most}`);
  if (without.length > 0) parts.push(`--without ${without.join(',')}`);
  return parts.join(' ');
}
