import { describe, expect, test } from '@jest/globals';
import { formatCount, formatDuration, formatNumber, renderTable } from '../../cli/terminal.ts';

describe('text for people', () => {
  test.each([
    [0, '0s'],
    [0.4, '0s'],
    [59.6, '1m'],
    [75, '1m 15s'],
    [3600, '1h'],
    [3661, '1h 1m'],
    [86_400 * 3 + 7200, '3d 2h'],
    [86_400 * 400, '400d'],
    [Number.POSITIVE_INFINITY, 'for ever'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  test('counts have separators and the noun that fits', () => {
    expect(formatCount(1, 'dead letter')).toBe('1 dead letter');
    expect(formatCount(0, 'dead letter')).toBe('0 dead letters');
    expect(formatCount(12_345, 'entry', 'entries')).toBe('12,345 entries');
    expect(formatNumber(99.96)).toBe('100');
    expect(formatNumber(0.25)).toBe('0.3');
  });
});

test('a table cuts nothing off: a word that is longer than its last column goes over lines', () => {
  const arn = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
  const lines = renderTable(['What', 'To do'], [['a', `The key ${arn} is off`]], 39).split('\n');
  expect(new Set(lines.map((line) => line.length))).toEqual(new Set([39]));
  const cells = lines.slice(3, -1).map((line) => line.split('\u2502')[2]!.trim());
  expect(cells.join('')).toBe(`The key${arn} is off`);
});
