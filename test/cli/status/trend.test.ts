import { expect, test } from '@jest/globals';
import type { Status } from '../../../cli/status/status.ts';
import { createTrend } from '../../../cli/status/trend.ts';

function look(waiting: number, deliveredPerSecond: number | null): Status {
  return { queue: { waiting, inFlight: 0, delayed: 0 }, deliveredPerSecond } as Status;
}

test('there is none after one look', () => {
  const trend = createTrend();
  trend.add(look(5, 1));
  expect([trend.waiting(), trend.delivered()]).toEqual(['', '']);
});

test('it rises and falls with what was seen, from none on, and has a gap where nothing was known', () => {
  const trend = createTrend();
  for (const [waiting, delivered] of [
    [0, 100],
    [400, null],
    [800, 50],
  ] as const)
    trend.add(look(waiting, delivered));
  expect(trend.waiting()).toBe('▁▄█');
  expect(trend.delivered()).toBe('█ ▄');
});

test('it forgets what is long ago', () => {
  const trend = createTrend();
  trend.add(look(1_000_000, 1));
  for (let index = 0; index < 100; index++) trend.add(look(1, 1));
  expect(trend.waiting()).toHaveLength(40);
  expect(new Set(trend.waiting()).size).toBe(1);
});

test('every message counts, whether it waits, is worked on or is delayed', () => {
  const trend = createTrend();
  for (const queue of [
    { waiting: 0, inFlight: 0, delayed: 0 },
    { waiting: 4, inFlight: 0, delayed: 4 },
    { waiting: 4, inFlight: 4, delayed: 0 },
  ])
    trend.add({ queue, deliveredPerSecond: 1 } as Status);
  expect(trend.waiting()).toBe('▁██');
});
