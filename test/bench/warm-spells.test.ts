import { describe, expect, test } from '@jest/globals';
import { SPELLS, warmTime } from '../../bench/cpu/warm-spells.ts';

const spells = (timeOf: (spell: number) => number) => Array.from({ length: SPELLS }, (_, spell) => timeOf(spell));

describe('the time that counts', () => {
  test('is that of the second half: before, V8 still compiles', () => {
    expect(warmTime(spells((spell) => (spell < SPELLS / 2 ? 15 - spell / 2 : 5)))).toBe(5);
    // However fast the code seems in some spell before, too.
    expect(warmTime(spells((spell) => (spell === 3 ? 1 : 5)))).toBe(5);
  });

  test('is that of most spells, neither of one without garbage nor of one that was held up', () => {
    const warm = spells((spell) => (spell === SPELLS - 2 ? 1 : spell === SPELLS - 1 ? 50 : 5));
    expect(warmTime(warm)).toBe(5);
  });

  test('is not known of fewer spells', () => {
    expect(() => warmTime([5, 5, 5])).toThrow(`there are ${SPELLS} spells, not 3`);
  });
});
