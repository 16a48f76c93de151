import { expect, test } from '@jest/globals';
import { DEFECT_EDITS } from '../../simulation/planted/defect.ts';
import { editSource, readSource } from '../../simulation/planted/plant.ts';
import { PLANTED_FAULTS } from '../../simulation/planted/planted-faults.ts';

test.each(PLANTED_FAULTS)('can be planted: $name', ({ edits }) => {
  const sources = new Map<string, string>();
  for (const edit of [...DEFECT_EDITS, ...edits])
    sources.set(edit.file, editSource(sources.get(edit.file) ?? readSource(edit.file), edit));
  for (const [file, source] of sources) expect(source).not.toBe(readSource(file));
});

test('a fault is not planted where its text is not, or is twice', () => {
  const edit = { file: 'f.ts', find: 'a', replace: 'b' };
  expect(() => editSource('xyz', edit)).toThrow('0 times');
  expect(() => editSource('aa', edit)).toThrow('2 times');
  expect(editSource('xa$', { ...edit, replace: '$&' })).toBe('x$&$');
});
