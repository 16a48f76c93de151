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
