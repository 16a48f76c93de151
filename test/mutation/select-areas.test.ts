import { expect, test } from '@jest/globals';
import { AREAS } from './areas.ts';
import { selectAreas } from './select-areas.ts';

test('everything is each area', () => {
  expect(selectAreas([]).map(({ name }) => name)).toEqual(Object.keys(AREAS));
});

test('a file or a folder is that part of its area', () => {
  expect(selectAreas(['producer/pack.ts', 'contract/message/', 'aws', 'sizing'])).toEqual([
    { name: 'producer', only: ['producer/pack.ts'] },
    { name: 'kernel', only: ['contract/message', 'aws'] },
    { name: 'sizing', only: [] },
  ]);
});

test('an area is all of it, though a file of it is named as well', () => {
  expect(selectAreas(['producer/pack.ts', 'producer'])).toEqual([{ name: 'producer', only: [] }]);
});

test.each(['README.md', 'bench', 'toString'])('%s is in no area', (path) => {
  expect(() => selectAreas([path])).toThrow(
    `${path} is in no area: sizing, monitoring, producer, status, kernel, lambda`,
  );
});
