import type { Random } from './ports.ts';

/** How long a message waits before its next receive. */
export interface BackoffSettings {
  /** The longest wait after the first receive, in seconds; it doubles with each further one. */
  readonly baseInSeconds: number;
  /** The longest wait of all, in seconds. */
  readonly maxInSeconds: number;
}

/**
 * The wait before the next receive, in whole seconds: half of it grows with each receive, half of it is random, so
 * that messages which failed together do not come back together ("equal jitter").
 *
 * @param receiveCount - how often the message was received, at least 1
 */
export function backoffInSeconds(receiveCount: number, settings: BackoffSettings, random: Random): number {
  return Math.round(equalJitter(receiveCount, settings.baseInSeconds, settings.maxInSeconds, random));
}

/**
 * A wait between half of a ceiling and the ceiling, which is the base at first and doubles up to the longest.
 *
 * @param failures - how often it has failed, at least 1
 */
export function equalJitter(failures: number, base: number, longest: number, random: Random): number {
  const ceiling = Math.min(longest, base * 2 ** (failures - 1));
  return ceiling / 2 + (random() * ceiling) / 2;
}
