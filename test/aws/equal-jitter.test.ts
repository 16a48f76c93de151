import { expect, test } from '@jest/globals';
import { equalJitter } from '../../aws/equal-jitter.ts';

test.each([
  [1, 10],
  [2, 20],
  [4, 80],
  [5, 100],
  [50, 100],
])('after %p failures it is between half of a ceiling and the ceiling, %p', (failures, ceiling) => {
  expect(equalJitter(failures, 10, 100, () => 0)).toBe(ceiling / 2);
  expect(equalJitter(failures, 10, 100, () => 0.5)).toBe(0.75 * ceiling);
  expect(equalJitter(failures, 10, 100, () => 1)).toBe(ceiling);
});
