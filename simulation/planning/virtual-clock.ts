/** Time that passes as fast as the machine can compute what happens in it. */
import TinyQueue from 'tinyqueue';
import type { Clock as CoreClock } from '../../lambda/core/ports.ts';
import type { Clock as MappingClock } from '../../local/event-source-mapping/clock.ts';

/** Virtual time, in milliseconds since a virtual epoch: nobody sets it, so it is the time of day as well. */
export type VirtualClock = CoreClock & MappingClock;

interface Sleeper {
  readonly at: number;
  /** Of two that wake at the same time, the one that fell asleep first wakes first. */
  readonly order: number;
  readonly wake: () => void;
}

/**
 * A clock on which time passes only when nobody has anything left to do: then the earliest sleeper wakes. It stands still
 * when nobody sleeps.
 *
 * @param start - milliseconds since the epoch
 */
export function createVirtualClock(start = 0): VirtualClock {
  let now = start;
  let order = 0;
  let isTicking = false;
  const sleepers = new TinyQueue<Sleeper>([], (a, b) => a.at - b.at || a.order - b.order);

  const tick = () => {
    const { at, wake } = sleepers.pop()!;
    now = Math.max(now, at);
    wake();
    isTicking = sleepers.length > 0;
    // By the time that this comes round, every promise that could go on has gone on.
    if (isTicking) setImmediate(tick);
  };

  const sleep = (milliseconds: number) =>
    new Promise<void>((wake) => {
      sleepers.push({ at: now + milliseconds, order: order++, wake });
      if (!isTicking) setImmediate(tick);
      isTicking = true;
    });

  return {
    now: () => now,
    sleep,
    pause: async (milliseconds, signal) => {
      if (signal.aborted) return;
      const { promise: aborted, resolve: abort } = Promise.withResolvers<void>();
      const listener = () => abort();
      signal.addEventListener('abort', listener);
      await Promise.race([sleep(milliseconds), aborted]);
      signal.removeEventListener('abort', listener);
    },
  };
}
