/** What a look at one thing of a deployment comes to: a verdict, and what to do about each problem. */

/** From good to bad. */
export const VERDICTS = ['ok', 'warning', 'failed'] as const;

export type Verdict = (typeof VERDICTS)[number];

export interface Problem {
  /** `failed`: users are not delivered, or not safe. `warning`: it is odd, will hurt later, or could not be looked at. */
  readonly verdict: 'warning' | 'failed';
  /** A sentence: what is wrong. */
  readonly says: string;
  /** A sentence: what to do. */
  readonly todo: string;
}

/** A row of the table. */
export interface Finding {
  /** What was looked at, such as `Event source mapping`. */
  readonly check: string;
  /** The worst of its problems; `ok` without any. */
  readonly verdict: Verdict;
  /** What is good about it, as a sentence; of a check that has problems, nothing. */
  readonly says?: string;
  readonly problems: readonly Problem[];
}

/** Makes a row. `fine` is said if there is no problem. */
export function findingOf(check: string, problems: readonly (Problem | undefined)[], fine: string): Finding {
  const real = problems.filter((problem) => problem !== undefined);
  const verdict = worst(real.map((problem) => problem.verdict));
  return { check, verdict, ...(verdict === 'ok' && { says: fine }), problems: real };
}

export function worst(verdicts: readonly Verdict[]): Verdict {
  return VERDICTS[Math.max(0, ...verdicts.map((verdict) => VERDICTS.indexOf(verdict)))]!;
}

export function failed(says: string, todo: string): Problem {
  return { verdict: 'failed', says, todo };
}

export function warning(says: string, todo: string): Problem {
  return { verdict: 'warning', says, todo };
}
