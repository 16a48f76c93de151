/** A source of numbers in [0, 1), as `Math.random` is. */
export type Random = () => number;

/**
 * Numbers that are the same in every run with the same seed, so that a run with faults can be repeated.
 *
 * The generator is mulberry32: 32 bits of state, good enough to draw faults with, unfit for secrets.
 *
 * @param seed any number; its lowest 32 bits count
 */
export function seededRandom(seed: number): Random {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
}
