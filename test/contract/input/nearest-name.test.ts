import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearestName } from '../../../contract/input/nearest-name.ts';

const NAMES = ['fifo', 'memoryInMiB', 'timeoutInSeconds', 'batchSize', 'batchingWindowInSeconds'] as const;

describe('the nearest name', () => {
  test.each([
    ['fifo', 'fifo'],
    ['fif', 'fifo'],
    ['Memory', 'memoryInMiB'],
    ['memroyInMiB', 'memoryInMiB'],
    ['time_out', 'timeoutInSeconds'],
    ['batchWindowSeconds', 'batchingWindowInSeconds'],
  ])('of %s is %s', (typed, meant) => {
    expect(nearestName(typed, NAMES)).toBe(meant);
  });

  test.each(['', 'foo', 'info', 'stage', 'region', 'inSeconds', 'size'])('%j is near no name', (typed) => {
    expect(nearestName(typed, NAMES)).toBeUndefined();
  });

  test('has a letter in common with what was typed', () => {
    expect(nearestName('x', ['f'])).toBeUndefined();
    expect(nearestName('F', ['f'])).toBe('f');
    // Of both nothing is left but the unit, and of one not even that.
    expect(nearestName('30', ['days'])).toBeUndefined();
  });

  test.each([
    // Of four letters one may be wrong, of five two, of eight two, of nine three.
    ['mxde', 'mode'],
    ['mxdx', undefined],
    ['axcxe', 'abcde'],
    ['axxxe', undefined],
    ['abcdexxh', 'abcdefgh'],
    ['abcdxxxh', undefined],
    ['abcdefghxxx', 'abcdefghi'],
    ['abcdefxxxixx', undefined],
    ['xbcdefghi', 'abcdefghi'],
    ['abcdefghijkl', 'abcdefghi'],
    ['abcdefghijklm', undefined],
    ['abcdef', 'abcdefghi'],
    // Two letters that changed places are two mistakes.
    ['mdoe', undefined],
  ])('of %s is %s', (typed, meant) => {
    expect(
      nearestName(
        typed,
        ['mode', 'abcde', 'abcdefgh', 'abcdefghi'].filter((name) => !meant || name === meant),
      ),
    ).toBe(meant);
  });

  test('is the nearer one of two, wherever it stands, and the first of equals', () => {
    expect(nearestName('batchSiz', ['batchSizes', 'batchSize'])).toBe('batchSize');
    expect(nearestName('batchSiz', ['batchSize', 'batchSizes'])).toBe('batchSize');
    expect(nearestName('cart', ['card', 'care'])).toBe('card');
    expect(nearestName('cart', ['care', 'card'])).toBe('care');
  });

  test.each([
    'timeout',
    'timeoutSec',
    'timeoutSecs',
    'timeoutSecond',
    'timeout_in_seconds',
    'TIMEOUT-MB',
    'timeoutInDays',
  ])('of %s is the name whatever the unit', (typed) => {
    expect(nearestName(typed, ['timeInSeconds', 'timeoutInSeconds'])).toBe('timeoutInSeconds');
  });

  test('is found whichever letter is missing or one too many', () => {
    const typo = fc
      .record({ name: fc.constantFrom(...NAMES), at: fc.nat(), letter: fc.constantFrom('a', 'x', '') })
      .map(({ name, at, letter }) => {
        const index = at % name.length;
        return { name, typed: name.slice(0, index) + letter + name.slice(index + (letter ? 0 : 1)) };
      })
      .filter(({ name, typed }) => !/InMiB$|InSeconds$/.test(name) || /InMiB$|InSeconds$/.test(typed));
    fc.assert(fc.property(typo, ({ name, typed }) => expect(nearestName(typed, NAMES)).toBe(name)));
  });
});
