import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MAX_RECORD_BYTES } from '../../../cli/send/position.ts';
import {
  type RawRecord,
  type SplitOptions,
  splitRecords,
  UnendingRecordError,
} from '../../../cli/send/split-records.ts';
import { runs } from '../../support/property-runs.ts';

const CSV = { from: { offset: 0, line: 1 }, delimiter: ','.charCodeAt(0) };
const LINES = { from: { offset: 0, line: 1 } };

async function split(chunks: Iterable<Buffer>, options: SplitOptions): Promise<readonly RawRecord[]> {
  const records: RawRecord[] = [];
  for await (const block of splitRecords(chunks, options)) records.push(...block.records);
  return records;
}

const textsOf = (records: readonly RawRecord[]) => records.map(({ bytes }) => bytes?.toString());
const linesOf = (records: readonly RawRecord[]) => records.map(({ line }) => line);
const cutAt = (bytes: Buffer, size: number) =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
    bytes.subarray(index * size, (index + 1) * size),
  );

describe('cutting into records', () => {
  test('ends a record at the end of a line, and skips blank lines', async () => {
    const records = await split([Buffer.from('a\nb\r\n\n\r\nc')], LINES);
    expect(textsOf(records)).toEqual(['a', 'b', 'c']);
    expect(linesOf(records)).toEqual([1, 2, 5]);
    expect(records.map(({ end }) => end)).toEqual([
      { offset: 2, line: 2 },
      { offset: 5, line: 3 },
      { offset: 9, line: 6 },
    ]);
  });

  test('goes on over lines as long as a quote is open', async () => {
    const records = await split([Buffer.from('a,"b\r\n""c"",\n"\nd,"e"\n"f""\n"')], CSV);
    expect(textsOf(records)).toEqual(['a,"b\r\n""c"",\n"', 'd,"e"', '"f""\n"']);
    expect(linesOf(records)).toEqual([1, 4, 5]);
  });

  test('takes a quote within a value for what it is', async () => {
    expect(textsOf(await split([Buffer.from('a,5" screen\nb,1\n')], CSV))).toEqual(['a,5" screen', 'b,1']);
  });

  test('takes quotes for nothing special in what is no CSV', async () => {
    expect(textsOf(await split([Buffer.from('"a\nb"\n')], LINES))).toEqual(['"a', 'b"']);
  });

  test('drops a line that is too long, however it comes, and knows where the next one is', async () => {
    for (const [size, after] of [
      [1 << 16, '\nb\n'],
      [1 << 22, '\nb\n'],
      [1 << 16, ''],
      [MAX_RECORD_BYTES + 1, ''],
    ] as const) {
      const bytes = Buffer.from(`a\n${'x'.repeat(MAX_RECORD_BYTES + 1)}${after}`);
      const records = await split(cutAt(bytes, size), CSV);
      expect(textsOf(records)).toEqual(['a', undefined, ...(after ? ['b'] : [])]);
      expect(linesOf(records)).toEqual([1, 2, 3].slice(0, records.length));
      expect(records.at(-1)!.end.offset).toBe(bytes.length);
    }
  });

  test('takes a line of the largest size', async () => {
    const line = 'x'.repeat(MAX_RECORD_BYTES);
    expect(textsOf(await split(cutAt(Buffer.from(`${line}\nb`), 100_000), LINES))).toEqual([line, 'b']);
  });

  test('gives up on a quote that is never closed, and says on which line it is', async () => {
    const chunks = cutAt(Buffer.from(`a,b\nc,"${'x\n'.repeat(MAX_RECORD_BYTES)}`), 1 << 16);
    await expect(split(chunks, CSV)).rejects.toThrow(new UnendingRecordError(2));
  });

  const text = fc.array(fc.constantFrom('a', 'é', '"', '""', ',', '\n', '\r\n', '\r', 'b"', ',"'), { maxLength: 40 });

  test('cuts the same whatever pieces the input comes in, and wherever it goes on', async () => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (parts, size, isCsv) => {
        const bytes = Buffer.from(parts.join(''));
        const options = isCsv ? CSV : LINES;
        const whole = await split([bytes], options);
        expect(await split(cutAt(bytes, size), options)).toEqual(whole);
        for (const [index, { end }] of whole.entries()) {
          expect(await split([bytes.subarray(end.offset)], { ...options, from: end })).toEqual(whole.slice(index + 1));
          const before = bytes.subarray(0, end.offset).toString('latin1');
          if (end.offset < bytes.length) expect(end.line).toBe(before.split('\n').length);
        }
      }),
      runs(300),
    );
  });
});
