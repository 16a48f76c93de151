/** How long to wait before something that failed is tried again. */

/** A number from 0 (inclusive) to 1 (exclusive), like `Math.random`. */
export type Random = () => number;

/**
 * A wait between half of a ceiling and the ceiling, which is the base at first and doubles up to the longest: what failed
 * together does not come back together.
 *
 * @param failures - how often it has failed, at least 1
 */
export function equalJitter(failures: number, base: number, longest: number, random: Random): number {
  const ceiling = Math.min(longest, base * 2 ** (failures - 1));
  return ceiling / 2 + (random() * ceiling) / 2;
}
