import type { Clock } from '../../lambda/core/ports.ts';

/**
 * A clock on which time passes only when nobody has anything left to do: then the earliest sleeper wakes.
 *
 * @param start - milliseconds since the epoch
 */
export function createVirtualClock(start = 0): Clock {
  let now = start;
  let ticking = false;
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];

  const tick = () => {
    sleepers.sort((a, b) => a.at - b.at);
    const { at, wake } = sleepers.shift()!;
    now = Math.max(now, at);
    wake();
    ticking = sleepers.length > 0;
    if (ticking) setImmediate(tick);
  };

  return {
    now: () => now,
    sleep: (milliseconds) =>
      new Promise((wake) => {
        sleepers.push({ at: now + milliseconds, wake });
        if (!ticking) setImmediate(tick);
        ticking = true;
      }),
  };
}
