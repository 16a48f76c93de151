import { equalJitter, type Random } from '../../aws/equal-jitter.ts';

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
