import { describe, expect, test } from '@jest/globals';
import { isSelected, readSince, selectsAll } from '../../../cli/dlq/selection.ts';
import { letter, reason } from '../support/letter.ts';

const NOW = Date.UTC(2030, 0, 31, 12);

describe('a selection', () => {
  test('is of all letters when it says nothing', () => {
    expect(isSelected(letter(), {})).toBe(true);
    expect(selectsAll({})).toBe(true);
    expect(selectsAll({ errorCodes: [] })).toBe(false);
    expect(selectsAll({ since: 0 })).toBe(false);
  });

  test.each([
    [{ errorCodes: ['A'] }, true],
    [{ errorCodes: ['B', 'A'] }, true],
    [{ errorCodes: ['B'] }, false],
    [{ since: 1000 }, true],
    [{ since: 1001 }, false],
    [{ errorCodes: ['A'], since: 1001 }, false],
  ])('%j selects a letter of code A that came at 1000: %s', (selection, isIn) => {
    expect(isSelected(letter({ attributes: reason('A', ''), sentAt: 1000 }), selection)).toBe(isIn);
  });

  test.each([
    ['30m', NOW - 30 * 60_000],
    ['1.5h', NOW - 90 * 60_000],
    ['3d', NOW - 3 * 86_400_000],
    ['45s', NOW - 45_000],
    ['2030-01-31', Date.UTC(2030, 0, 31)],
    ['2030-01-31T08:30Z', Date.UTC(2030, 0, 31, 8, 30)],
    ['2030-01-31T08:30:15.5+01:00', Date.UTC(2030, 0, 31, 7, 30, 15, 500)],
  ])('reads since %s', (text, at) => {
    expect(readSince(text, NOW)).toBe(at);
  });

  test.each(['yesterday', '2 h', '-2h', '5', '', '2030', '2030-13-01', 'h', '31.01.2030'])(
    'does not read %j',
    (text) => {
      expect(readSince(text, NOW)).toBeUndefined();
    },
  );
});
