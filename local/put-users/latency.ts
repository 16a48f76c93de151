import type { Random } from '../random.ts';

/** How long a reply takes, in milliseconds: `mean`, give or take `jitter`, every value as likely. Neither below 0. */
export interface Latency {
  readonly mean: number;
  readonly jitter: number;
}

/** Draws the latency of the next reply in milliseconds, never below 0. Takes one number from `random`. */
export function drawLatency({ mean, jitter }: Latency, random: Random): number {
  return Math.max(0, mean + jitter * (2 * random() - 1));
}

/** @throws RangeError that names the setting */
export function checkLatency(latency: Latency): void {
  for (const name of ['mean', 'jitter'] as const) {
    const setting = latency[name];
    if (Number.isFinite(setting) && setting >= 0) continue;
    throw new RangeError(`latencyInMilliseconds.${name} must be a number from 0, not ${setting}`);
  }
}
