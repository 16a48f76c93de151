import { expect, test } from '@jest/globals';
import type { Figure } from '../../bench/figure.ts';
import { readResults, regressions } from '../../bench/results.ts';
import { updateDocuments } from '../../bench/tables.ts';

const figure = (value: number, more: Partial<Figure> = {}): Figure => ({
  value,
  unit: '%',
  better: 'higher',
  kind: 'exact',
  ...more,
});
const compare = (before: Figure, now: Figure) => regressions({ pacing: { share: before } }, { pacing: { share: now } });

test('a figure that is worse by more than a tenth is a regression, whichever way is better', () => {
  expect(compare(figure(100), figure(89))).toEqual(['pacing share was 100 % and is 89 %']);
  expect(compare(figure(100), figure(91))).toEqual([]);
  expect(compare(figure(100, { better: 'lower' }), figure(111, { better: 'lower' }))).toHaveLength(1);
  expect(compare(figure(100, { better: 'lower' }), figure(50, { better: 'lower' }))).toEqual([]);
});

test('a ratio of times may be off by more: the machine has other work', () => {
  const wallClock = { kind: 'wallClock' } as const;
  expect(compare(figure(100, wallClock), figure(70, wallClock))).toEqual([]);
  expect(compare(figure(100, wallClock), figure(60, wallClock))).toHaveLength(1);
});

test('next to nothing instead of nothing is no regression', () => {
  expect(compare(figure(0, { better: 'lower' }), figure(0.05, { better: 'lower' }))).toEqual([]);
});

test('a figure without a committed result says what to do', () => {
  expect(regressions({}, { pacing: { share: figure(1) } })[0]).toContain('run npm run bench');
});

test('README.md and docs/performance.md have the committed results', async () => {
  expect(await updateDocuments(await readResults(), { write: false })).toEqual([]);
});
