import { expect, test } from '@jest/globals';
import { isWholeNumber, wholeNumberWords } from '../../../contract/input/whole-number.ts';

test.each([1, 2, 10])('%p is a whole number from 1 to 10', (value) => {
  expect(isWholeNumber(value, 1, 10)).toBe(true);
});

test.each([0, 11, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '5', 5n, null, undefined])('%p is none', (value) => {
  expect(isWholeNumber(value, 1, 10)).toBe(false);
});

test('is said with both limits', () => {
  expect(wholeNumberWords(1, 10)).toBe('a whole number from 1 to 10');
});
