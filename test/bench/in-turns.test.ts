import { describe, expect, test } from '@jest/globals';
import { measureInTurns, median, medianRatio } from '../../bench/in-turns.ts';

describe('measuring in turns', () => {
  test('goes through all of them in each round, and back in the next', async () => {
    const order: string[] = [];
    const measure = (name: string) => async () => order.push(name);
    const measurements = await measureInTurns({ a: measure('a'), b: measure('b') }, 3);
    expect(order).toEqual(['a', 'b', 'b', 'a', 'a', 'b']);
    expect(measurements).toEqual({ a: [1, 4, 5], b: [2, 3, 6] });
  });
});

test('the median of an even number of values is between the two in the middle', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([10, 1, 2, 4])).toBe(3);
});

test('a ratio compares what was measured in the same round, so that a slow round counts for nothing', () => {
  expect(medianRatio([2, 200, 2], [1, 100, 4])).toBe(2);
});
