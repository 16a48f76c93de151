import { expect, test } from '@jest/globals';
import { firstPartSize } from '../../../lambda/core/split.ts';

test('a group is split into two parts, the first of which has the fewest calls on average', () => {
  const sizes = [2, 3, 4, 5, 6, 7, 8, 9, 10];
  expect(sizes.map(firstPartSize)).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 4]);
});
