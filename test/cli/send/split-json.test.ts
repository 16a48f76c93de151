import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RECORD_BYTES, type Position } from '../../../cli/send/position.ts';
import { BrokenJsonError, splitJson } from '../../../cli/send/split-json.ts';
import type { RawRecord } from '../../../cli/send/split-records.ts';
import { runs } from '../../support/property-runs.ts';

const BEGIN: Position = { offset: 0, line: 1 };

async function split(chunks: Iterable<Buffer>, from = BEGIN): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const block of splitJson(chunks, from)) records.push(...block.records);
  return records;
}

const cutAt = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );
const textsOf = async (text: string) => (await split([Buffer.from(text)])).map(({ bytes }) => bytes?.toString());

describe('cutting JSON into values', () => {
  test.each<[string, string, string[]]>([
    ['an array', '[{"a":1}, {"b":[2,{}]}\n,\n"c"]\n', ['{"a":1}', '{"b":[2,{}]}', '"c"']],
    ['an array of nothing', ' [ ] ', []],
    ['an object over several lines', '{\n  "a": "}",\n  "b": "\\"{"\n}\n', ['{\n  "a": "}",\n  "b": "\\"{"\n}']],
    ['objects that follow each other', '{"a":1}{"b":2}\n{"c":3}', ['{"a":1}', '{"b":2}', '{"c":3}']],
    [
      'arrays that follow each other, as files put together have them',
      '[{"a":1}]\n\uFEFF[{"b":2}]',
      ['{"a":1}', '{"b":2}'],
    ],
    ['what is no object, for the contract to reject', '[1, null,"x",[{}],tru]', ['1', 'null', '"x"', '[{}]', 'tru']],
    ['a Ctrl-Z at the end', '[{"a":1}]\r\n\u001A', ['{"a":1}']],
  ])('%s', async (_, text, values) => {
    expect(await textsOf(text)).toEqual(values);
  });

  test('knows the line of each, and where it ends', async () => {
    const records = await split([Buffer.from('[\n {"a":\n1},\n\n {"b":2}\n]')]);
    expect(records.map(({ line, end }) => [line, end])).toEqual([
      [2, { offset: 11, line: 3 }],
      [5, { offset: 22, line: 5 }],
    ]);
  });

  test.each([
    ['[{"a":1} {"b":2}]', 1, 'a comma is missing'],
    ['[\n{"a":1},\n]', 3, 'a value was expected, and there is ]'],
    ['{"a":1},{"b":2}', 1, 'a value was expected, and there is ,'],
    ['[{"a":1}\n', 2, 'the array has no end'],
    ['[{"a":1},\n{"b":', 2, 'the value that begins there has no end'],
    ['[{"a":"x\n"},{"b":2}]', 1, 'a text has no closing quote on its line'],
    ['[{"a":1}]]', 1, 'a value was expected, and there is ]'],
    ['[\u0000{"a":1}]', 1, 'there is byte 0x0'],
  ])('%j is broken, on line %i', async (text, line, problem) => {
    const error = await textsOf(text).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BrokenJsonError);
    expect(error.line).toBe(line);
    expect(error.message).toContain(problem);
  });

  test('gives what comes before it is broken', async () => {
    const texts: string[] = [];
    const read = async () => {
      for await (const { records } of splitJson([Buffer.from('[{"a":1},{"b":2} {"c":3}]')], BEGIN)) {
        texts.push(...records.map(({ bytes }) => bytes!.toString()));
      }
    };
    await expect(read()).rejects.toThrow(BrokenJsonError);
    expect(texts).toEqual(['{"a":1}', '{"b":2}']);
  });

  test('drops a value that is too long, however it comes, and knows where the next one is', async () => {
    const long = `{"a":"${'x'.repeat(3 * MAX_RECORD_BYTES)}"}`;
    const bytes = Buffer.from(`[{"b":1},${long},\n{"c":2}]`);
    for (const size of [1 << 16, 1 << 20, bytes.length]) {
      const records = await split(cutAt(bytes, size));
      expect(records.map((record) => record.bytes?.toString())).toEqual(['{"b":1}', undefined, '{"c":2}']);
      expect(records.map(({ line }) => line)).toEqual([1, 1, 2]);
      expect(await split([bytes.subarray(records[1]!.end.offset)], records[1]!.end)).toMatchObject([{ line: 2 }]);
    }
  });

  test('cuts the same whatever pieces the input comes in, and wherever it goes on', async () => {
    const value = fc.oneof(
      fc.json({ maxDepth: 2 }),
      fc.jsonValue({ maxDepth: 2 }).map((v) => JSON.stringify(v, null, 2)),
    );
    const element = value.filter((text) => !text.startsWith('['));
    const space = fc.constantFrom('', ' ', '\n', '\r\n\t');
    const array = fc
      .tuple(fc.array(value, { minLength: 1, maxLength: 4 }), space, space)
      .map(([values, one, two]) => ({ text: `[${one}${values.join(`${one},${two}`)}${two}]`, values }));
    const objects = element.filter((text) => text.startsWith('{')).map((text) => ({ text, values: [text] }));
    const document = fc.tuple(fc.array(fc.oneof(array, objects), { maxLength: 3 }), space);
    await fc.assert(
      fc.asyncProperty(document, fc.integer({ min: 1, max: 9 }), async ([parts, between], size) => {
        const bytes = Buffer.from(parts.map(({ text }) => text).join(between));
        const whole = await split([bytes]);
        expect(whole.map((record) => record.bytes!.toString())).toEqual(parts.flatMap(({ values }) => values));
        expect(await split(cutAt(bytes, size))).toEqual(whole);
        for (const [index, { end, line }] of whole.entries()) {
          expect(await split([bytes.subarray(end.offset)], end)).toEqual(whole.slice(index + 1));
          expect(end.line).toBe(bytes.subarray(0, end.offset).toString('latin1').split('\n').length);
          expect(line).toBeLessThanOrEqual(end.line);
        }
      }),
      runs(300),
    );
  });
});
