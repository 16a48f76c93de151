import { setImmediate } from 'node:timers/promises';

/** Lets the event loop turn until something is so. The test's own time limit is its limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}
