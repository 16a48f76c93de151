import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPacer } from '../../../lambda/core/pacer.ts';
import { createVirtualClock } from '../../support/virtual-clock.ts';

test('calls follow each other at the rate', async () => {
  const clock = createVirtualClock(1000);
  const pacer = createPacer({ callsPerSecond: 5, burst: 1 }, clock);
  const times: number[] = [];
  for (let call = 0; call < 4; call++) {
    await pacer.admit(Number.POSITIVE_INFINITY);
    times.push(clock.now());
  }
  expect(times).toEqual([1000, 1200, 1400, 1600]);
});

test('whatever the pauses between them, no window of time sees more calls than its length allows and one burst', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 20 }),
      async (pauses, burst, callsPerSecond) => {
        const clock = createVirtualClock();
        const pacer = createPacer({ callsPerSecond, burst }, clock);
        const times: number[] = [];
        for (const pause of pauses) {
          await clock.sleep(pause);
          await pacer.admit(Number.POSITIVE_INFINITY);
          times.push(clock.now());
        }
        for (let from = 0; from < times.length; from++) {
          for (let to = from; to < times.length; to++) {
            const seconds = (times[to]! - times[from]!) / 1000;
            expect(to - from + 1).toBeLessThanOrEqual(burst + callsPerSecond * seconds + 1e-6);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('who cannot have a turn before the deadline is told so at once, and takes none', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1, burst: 1 }, clock);
  expect(await pacer.admit(500)).toBe(true);
  expect(await pacer.admit(500)).toBe(false);
  expect(clock.now()).toBe(0);
  expect(await pacer.admit(1000)).toBe(true);
  expect(clock.now()).toBe(1000);
});

test('a throttled call costs a turn', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 10, burst: 1 }, clock);
  await pacer.admit(Number.POSITIVE_INFINITY);
  pacer.throttled();
  await pacer.admit(Number.POSITIVE_INFINITY);
  expect(clock.now()).toBe(200);
});
