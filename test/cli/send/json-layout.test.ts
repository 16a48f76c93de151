import { expect, test } from '@jest/globals';
import { jsonLayoutOf } from '../../../cli/send/json-layout.ts';

test.each<[string, string, 'lines' | 'values' | undefined]>([
  ['a user a line', '{"userId":"a"}\n{"userId":"b"}\n', 'lines'],
  ['one user', '{"userId":"a"}', 'lines'],
  ['an array', '[{"userId":"a"}]', 'values'],
  ['an array over lines', '[\n{"userId":"a"}\n]', 'values'],
  ['an object over lines', '{\n  "userId": "a"\n}', 'values'],
  ['an envelope over lines', '{"users":[\n{"userId":"a"}\n]}', 'values'],
  ['an object with its commas in front', '{"userId":"a"\n,"properties":{}}', 'values'],
  ['an object whose first line ends in a comma', '{"userId":"a",\n "properties":{}}', 'values'],
  ['objects on one line', '{"userId":"a"}{"userId":"b"}\n', 'values'],
  ['lines of which the first has a comma too much', '{"userId":"a",}\n{"userId":"b"}', 'lines'],
  ['lines of which the first has no end', '{"userId":"a"\n{"userId":"b"}', 'lines'],
  ['lines of which the first ends in a comma', '{"userId":"a",\n{"userId":"b"}', 'lines'],
  ['lines of which the first ends in a text', '{"userId":"a\n{"userId":"b"}', 'lines'],
  ['lines with commas between', '{"userId":"a"},\n{"userId":"b"}', 'lines'],
  ['one line that is cut off', '{"userId":"a"', 'lines'],
  ['a header', 'USER_ID,AGE\n', undefined],
  ['nothing', '', undefined],
])('%s', (_, text, layout) => {
  expect(jsonLayoutOf(text, false)).toBe(layout);
});

test('lines whose name says so may begin with a line that is an array, and is bad', () => {
  expect(jsonLayoutOf('[]\n{"userId":"a"}', true)).toBe('lines');
  expect(jsonLayoutOf('[{"userId":"a"}]\n', true)).toBe('values');
});
