import { setTimeout } from 'node:timers/promises';

/** Time, real or virtual. */
export interface Clock {
  /** In milliseconds since some moment. */
  now(): number;
  /** Resolves when the time has passed, or at once when the signal is aborted. */
  pause(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own time, which changes to its clock do not touch. */
export const REAL_CLOCK: Clock = {
  now: () => performance.now(),
  pause: (milliseconds, signal) => setTimeout(milliseconds, undefined, { signal }).catch(() => undefined),
};
