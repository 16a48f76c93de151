import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readExportIndex, toLine } from '../../../cli/dlq/export.ts';
import { createExportFile } from '../../../cli/dlq/export-file.ts';
import { letter, reason } from '../support/letter.ts';

describe('an export', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));
  const file = () => join(directory, 'letters.jsonl');

  const rights = (name: string) => statSync(name).mode & 0o777;
  const drafts = () => readdirSync(directory).filter((name) => name.endsWith('.partial'));

  async function write(...lines: readonly string[]): Promise<void> {
    const exportFile = await createExportFile(file(), false);
    await exportFile.write(lines);
    await exportFile.finish();
  }

  test('holds body, attributes and reason, binary values as base64', () => {
    const attributes = { ...reason('A', 'b'), Blob: { dataType: 'Binary', binaryValue: new Uint8Array([1, 2, 255]) } };
    expect(JSON.parse(toLine(letter({ messageId: 'id', body: 'x', attributes, messageGroupId: 'g' })))).toEqual({
      messageId: 'id',
      sentAt: '1970-01-01T00:00:00.000Z',
      errorCode: 'A',
      errorMessage: 'b',
      body: 'x',
      attributes: { ...reason('A', 'b'), Blob: { dataType: 'Binary', binaryValue: 'AQL/' } },
      messageGroupId: 'g',
    });
  });

  test('knows each of its letters again, by id and body', async () => {
    const [first, second] = [letter({ body: 'one\u2028two\r\n"three"' }), letter({ body: '' })];
    await write(toLine(first), toLine(second));
    const index = await readExportIndex(file());
    expect(index.size).toBe(2);
    expect(index.has(first)).toBe(true);
    expect(index.has(second)).toBe(true);
    expect(index.has({ ...first, body: 'other' })).toBe(false);
    expect(index.has(letter())).toBe(false);
  });

  test('is read to its end where a tool wrote U+2028 as it stands', async () => {
    const odd = letter({ body: 'one\u2028two' });
    writeFileSync(file(), `${toLine(odd).replaceAll('\\u2028', '\u2028')}\r\n`);
    expect((await readExportIndex(file())).has(odd)).toBe(true);
  });

  test('is there as a whole or not at all', async () => {
    const begun = await createExportFile(file(), false);
    await begun.write([toLine(letter())]);
    expect(existsSync(file())).toBe(false);
    await begun.discard();
    expect(existsSync(file())).toBe(false);
    expect(drafts()).toEqual([]);
  });

  test('is for its owner to read, from its first byte, whatever was there', async () => {
    writeFileSync(`${file()}.partial`, 'left over');
    chmodSync(`${file()}.partial`, 0o666);
    const begun = await createExportFile(file(), false);
    await begun.write([toLine(letter())]);
    const [draft] = drafts().filter((name) => name !== 'letters.jsonl.partial');
    expect(rights(join(directory, draft!))).toBe(0o600);
    await begun.finish();
    expect(rights(file())).toBe(0o600);
    expect(readFileSync(`${file()}.partial`, 'utf8')).toBe('left over');
  });

  test('replaces a link, and not what it leads to', async () => {
    const precious = join(directory, 'precious');
    writeFileSync(precious, 'precious');
    chmodSync(precious, 0o666);
    symlinkSync(precious, file());
    await expect(createExportFile(file(), false)).rejects.toThrow(`${file()} is there already.`);
    const begun = await createExportFile(file(), true);
    await begun.write(['{}']);
    await begun.finish();
    expect(readFileSync(precious, 'utf8')).toBe('precious');
    expect(rights(file())).toBe(0o600);
  });

  test('is one of two that were begun to its name, and no mixture', async () => {
    const [first, second] = [await createExportFile(file(), false), await createExportFile(file(), false)];
    await Promise.all([first.write(['"first"', '"first"']), second.write(['"second"'])]);
    await second.finish();
    await expect(first.finish()).rejects.toThrow(`${file()} is there already.`);
    await first.discard();
    expect(readFileSync(file(), 'utf8')).toBe('"second"\n');
    expect(drafts()).toEqual([]);
  });

  test('replaces a file only if it is told to', async () => {
    writeFileSync(file(), 'precious');
    await expect(createExportFile(file(), false)).rejects.toThrow(`${file()} is there already.`);
    const begun = await createExportFile(file(), true);
    expect(readFileSync(file(), 'utf8')).toBe('precious');
    await begun.write(['{}']);
    await begun.finish();
    expect(readFileSync(file(), 'utf8')).toBe('{}\n');
  });

  test.each<[string | Buffer, string | RegExp]>([
    ['{"messageId":"a","body":"b"}\n{"messageId":"a"}\n', 'is no export: line 2 is no dead letter.'],
    ['no json', 'is no export: line 1 is no dead letter.'],
    [Buffer.from('\n{"messageId":"a","body":"caf\u00e9"}', 'latin1'), /line 2 is not UTF-8/],
  ])('is refused when it is %j', async (content, problem) => {
    writeFileSync(file(), content);
    const sentence = typeof problem === 'string' ? `${file()} ${problem}` : problem;
    await expect(readExportIndex(file())).rejects.toThrow(sentence);
  });

  test('is refused when it is not there', async () => {
    await expect(readExportIndex(file())).rejects.toThrow(
      'letters.jsonl cannot be read: there is no such file or folder.',
    );
  });
});
