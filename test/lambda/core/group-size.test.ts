import { expect, test } from '@jest/globals';
import { bestGroupSize } from '../../../lambda/core/group-size.ts';

test.each([
  ['nothing is known', 0, 0, 10],
  ['one of the first ten was rejected', 1, 9, 10],
  ['one in a hundred is rejected', 10, 990, 10],
  ['one in ten is rejected', 100, 900, 7],
  ['every other one is rejected', 100, 100, 1],
  ['all are rejected', 30, 0, 1],
])('when %s, groups are of the size that is delivered half of the time', (_, rejected, delivered, size) => {
  expect(bestGroupSize({ rejected, delivered })).toBe(size);
});
