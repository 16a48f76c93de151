import { describe, expect, test } from '@jest/globals';
import { readExpression } from './metric-math.ts';

const evaluate = (text: string, values = {}) => readExpression(text)(values);

describe('metric math', () => {
  test.each([
    ['1 + 2 * 3', 7],
    ['(1 + 2) * 3', 9],
    ['8 - 4 - 2', 2],
    ['100 * 1 / 4', 25],
    ['1 < 2', 1],
    ['2 >= 3', 0],
    ['1 > 2 OR 2 > 1', 1],
    ['1 > 2 OR 2 > 1 AND 3 > 4', 0],
    ['IF(2 > 1, 5, 6)', 5],
    ['IF(2 > 1 AND 1 > 2, 5, 6)', 6],
  ])('%s is %d', (text, value) => {
    expect(evaluate(text)).toBe(value);
  });

  test.each([
    ['a + 1', undefined],
    ['FILL(a, 0) + 1', 1],
    ['FILL(b, 0) + 1', 3],
    ['IF(b > 1, b, a)', 2],
    ['IF(b > 1, a, b)', undefined],
    ['IF(a > 1, 1, 2)', undefined],
    ['b > 1 OR a > 1', undefined],
    ['b / 0', undefined],
  ])('%s is %p where a has no datapoint and b is 2', (text, value) => {
    expect(evaluate(text, { a: undefined, b: 2 })).toBe(value);
  });

  test.each(['1 +', '(1', 'SUM(a)', 'IF(a, 1)', 'a b', '1 ! 2', 'c'])('%s is refused', (text) => {
    expect(() => evaluate(text, { a: 1, b: 1 })).toThrow();
  });
});
