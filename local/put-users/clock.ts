import { setTimeout } from 'node:timers/promises';

/** The time, and the passing of it. Tests put their own in its place. */
export interface Clock {
  /** Milliseconds since some moment; never fewer than before. */
  now(): number;
  /** Resolves after some milliseconds; rejects when `signal` aborts before that. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: async (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }),
};
