import { setTimeout as sleep } from 'node:timers/promises';

/** Turns that come at a steady rate. */
export interface Rate {
  /**
   * Waits until this many things may be done. Turns that nobody took are not saved.
   *
   * @returns false when the signal was aborted first
   */
  take(count: number, signal?: AbortSignal): Promise<boolean>;
}

/** Makes a rate; several may take from it at the same time. */
export function createRate(perSecond: number): Rate {
  let nextAt = 0;
  return {
    async take(count, signal) {
      const now = performance.now();
      const at = Math.max(nextAt, now);
      nextAt = at + (count * 1000) / perSecond;
      if (at > now) await sleep(at - now, undefined, signal ? { signal } : {}).catch(ignoreAbort);
      return !signal?.aborted;
    },
  };
}

function ignoreAbort(error: Error): void {
  if (error.name !== 'AbortError') throw error;
}
