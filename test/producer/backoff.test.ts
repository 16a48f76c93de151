import { expect, test } from '@jest/globals';
import { backoffInMilliseconds } from '../../producer/backoff.ts';

test('a producer waits a tenth of a second at first, twice as long each time, and never longer than 20 s', () => {
  const longest = [1, 2, 3, 8, 9, 100].map((attempt) => backoffInMilliseconds(attempt, () => 1));
  expect(longest).toEqual([100, 200, 400, 12_800, 20_000, 20_000]);
});

test('half of the wait is random, so that producers that failed together do not come back together', () => {
  expect(backoffInMilliseconds(1, () => 0)).toBe(50);
  expect(backoffInMilliseconds(1, () => 0.5)).toBe(75);
});
