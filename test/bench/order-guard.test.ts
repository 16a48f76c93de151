import { expect, test } from '@jest/globals';
import { guardFigures } from '../../bench/order-guard.ts';

/** Calls of ten users, so many milliseconds apart. */
const calls = (count: number, apart: number) =>
  Array.from({ length: count * 10 }, (_, user) => 5_000 + Math.floor(user / 10) * apart);

test('ten calls a second are all of the quota, and the guard leaves the part of it that it does not take', () => {
  expect(guardFigures(calls(101, 100), calls(51, 125))).toMatchObject({
    without: { value: expect.closeTo(100) },
    guarded: { value: expect.closeTo(80) },
    left: { value: expect.closeTo(0.8), better: 'higher' },
  });
});
