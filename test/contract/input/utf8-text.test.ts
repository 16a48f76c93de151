import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { linesOf, textOf } from '../../../contract/input/utf8-text.ts';

async function* inPieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesIn(bytes: Buffer, size: number): Promise<readonly (string | undefined)[]> {
  const lines: (string | undefined)[] = [];
  for await (const line of linesOf(inPieces(bytes, size))) {
    lines.push(textOf(line.bytes));
    expect(line.number).toBe(lines.length);
  }
  return lines;
}

describe('text of bytes', () => {
  test('is what was written, and nothing where that was not UTF-8', () => {
    expect(textOf(Buffer.from('Zoë \u{1F600}\uFEFF'))).toBe('Zoë \u{1F600}\uFEFF');
    expect(textOf(Buffer.from('café', 'latin1'))).toBeUndefined();
    // A lone surrogate, as some programs write it.
    expect(textOf(Buffer.from([0xed, 0xa0, 0x80]))).toBeUndefined();
  });

  test('comes in the same lines, however the bytes come', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', 'ë', '\u{1F600}', '\u2028', '\u0085') });
    await fc.assert(
      fc.asyncProperty(
        fc.array(line),
        fc.constantFrom('\n', '\r\n'),
        fc.boolean(),
        fc.integer({ min: 1, max: 9 }),
        async (lines, end, isEnded, size) => {
          const written = lines.map((text, index) => (index < lines.length - 1 || isEnded ? text + end : text));
          const expected = lines.at(-1) === '' && !isEnded ? lines.slice(0, -1) : lines;
          expect(await linesIn(Buffer.from(written.join('')), size)).toEqual(expected);
        },
      ),
    );
  });

  test('has lines that end as on old systems, too', async () => {
    expect(await linesIn(Buffer.from('a\rb\r\nc'), 2)).toEqual(['a', 'b', 'c']);
  });
});
