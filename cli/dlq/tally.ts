/** Counts by reason. */
export interface Tally {
  add(reason: string, count?: number): void;
  total(): number;
  /** The most frequent first. */
  toArray(): readonly ReasonCount[];
}

export interface ReasonCount {
  readonly reason: string;
  readonly count: number;
}

/** Reasons that are told apart, at most. */
const MOST_REASONS = 100;
const OTHER_REASONS = '(other reasons)';

/** Makes an empty tally. */
export function createTally(): Tally {
  const counts = new Map<string, number>();
  return {
    add(reason, count = 1) {
      if (count === 0) return;
      const key = counts.has(reason) || counts.size < MOST_REASONS ? reason : OTHER_REASONS;
      counts.set(key, (counts.get(key) ?? 0) + count);
    },
    total: () => [...counts.values()].reduce((total, count) => total + count, 0),
    toArray: () => [...counts].map(([reason, count]) => ({ reason, count })).toSorted((a, b) => b.count - a.count),
  };
}
