/**
 * How many runs a property has, and from which seed: FC_RUNS and FC_SEED override both, so that a failure that prints
 * its seed can be had again. The seed is another one each time otherwise.
 */
export function runs(numRuns: number): { numRuns: number; seed: number } {
  const seed = Number(process.env.FC_SEED ?? Date.now() | 0);
  return { numRuns: Number(process.env.FC_RUNS ?? numRuns), seed };
}
