import { expect, test } from '@jest/globals';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';

test('sleepers wake in the order of their times, whatever order they fell asleep in', async () => {
  const clock = createVirtualClock(100);
  const woken: [string, number][] = [];
  const sleep = async (name: string, milliseconds: number) => {
    await clock.sleep(milliseconds);
    woken.push([name, clock.now()]);
  };
  await Promise.all([sleep('c', 30), sleep('a', 10), sleep('b', 10)]);
  expect(woken).toEqual([
    ['a', 110],
    ['b', 110],
    ['c', 130],
  ]);
});

test('time stands still as long as anybody has something to do', async () => {
  const clock = createVirtualClock();
  const times: number[] = [];
  const busy = (async () => {
    for (let step = 0; step < 1000; step++) await Promise.resolve();
    times.push(clock.now());
  })();
  await Promise.all([busy, clock.sleep(1)]);
  expect(times).toEqual([0]);
});

test('a pause ends early when it is aborted', async () => {
  const clock = createVirtualClock();
  const stop = new AbortController();
  const pause = clock.pause(1000, stop.signal).then(() => clock.now());
  await clock.sleep(10);
  stop.abort();
  expect(await pause).toBe(10);
  await clock.pause(1000, stop.signal);
  expect(clock.now()).toBe(10);
});
