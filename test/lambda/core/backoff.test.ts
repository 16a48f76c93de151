import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backoffInSeconds } from '../../../lambda/core/backoff.ts';

const settings = { baseInSeconds: 2, maxInSeconds: 900 };

test('the wait doubles with each receive, up to the longest', () => {
  const longest = [1, 2, 3, 4, 9, 10, 100].map((count) => backoffInSeconds(count, settings, () => 1 - Number.EPSILON));
  expect(longest).toEqual([2, 4, 8, 16, 512, 900, 900]);
});

test('at least half of the wait is certain, the rest is random', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (count, random) => {
        const ceiling = Math.min(900, 2 * 2 ** (count - 1));
        const wait = backoffInSeconds(count, settings, () => random);
        expect(Number.isInteger(wait)).toBe(true);
        expect(wait).toBeGreaterThanOrEqual(Math.floor(ceiling / 2));
        expect(wait).toBeLessThanOrEqual(ceiling);
      },
    ),
  );
});
