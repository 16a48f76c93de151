import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readExportIndex } from '../../../cli/dlq/export.ts';
import {
  FileChangedError,
  openSteadyFile,
  readSteadily,
  type SteadyFile,
} from '../../../contract/input/steady-file.ts';
import { readLines } from '../../../local/message-file.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'steady-file-'));
  path = join(directory, 'file');
});
afterEach(() => rmSync(directory, { recursive: true }));

const SIZE = 600_000;

/** Reads all of a file, which is changed after its first piece. */
async function readWhile(change: () => void): Promise<{ readonly bytes: number; readonly isReplaced: boolean }> {
  writeFileSync(path, 'x'.repeat(SIZE));
  await using file = disposable(await openSteadyFile(path));
  let bytes = 0;
  for await (const chunk of file.chunks(0)) {
    if (bytes === 0) change();
    bytes += chunk.length;
  }
  return { bytes, isReplaced: await file.isReplaced() };
}

const disposable = (file: SteadyFile) => ({ ...file, [Symbol.asyncDispose]: file.close });

test('a file that nobody touches is read to its end', async () => {
  expect(await readWhile(() => {})).toEqual({ bytes: SIZE, isReplaced: false });
});

test('one that is cut off, where it was read already or not, has no end', async () => {
  await expect(readWhile(() => truncateSync(path, 500_000))).rejects.toThrow(
    'it had 600000 bytes, and ends after 500000',
  );
  await expect(readWhile(() => truncateSync(path, 10))).rejects.toThrow('was cut off while it was read');
});

test('nor has one that grows', async () => {
  await expect(readWhile(() => appendFileSync(path, 'y'))).rejects.toThrow('has grown while it was read');
});

test('nor has one whose bytes were written anew, though it is as long as before', async () => {
  const rewrite = () => {
    writeFileSync(path, 'y'.repeat(SIZE), { flag: 'r+' });
    utimesSync(path, 1, 1);
  };
  await expect(readWhile(rewrite)).rejects.toThrow(new FileChangedError('was written to while it was read'));
});

test('it is read from a place on, and says how long it is', async () => {
  writeFileSync(path, `${'x'.repeat(300_000)}the end`);
  await using file = disposable(await openSteadyFile(path));
  expect(file.size).toBe(300_007);
  expect(await text(file.chunks(300_000))).toBe('the end');
  expect(await text(file.chunks(file.size))).toBe('');
});

test('an empty one has nothing in it', async () => {
  writeFileSync(path, '');
  expect(await readSteadily(path).toArray()).toEqual([]);
});

test('a stream of it closes the file, at its end and where the reading breaks off', async () => {
  writeFileSync(path, 'x'.repeat(SIZE));
  const openFiles = () => readdirSync('/dev/fd').length;
  await readSteadily(path).toArray();
  const before = openFiles();
  await readSteadily(path).toArray();
  const broken = readSteadily(path);
  for await (const _ of broken) break;
  if (!broken.closed) await new Promise<void>((resolve) => broken.once('close', resolve));
  expect(openFiles()).toBe(before);
});

test('one that is replaced, or gone, is read to its own end', async () => {
  const replace = () => {
    writeFileSync(`${path}.new`, 'other');
    renameSync(`${path}.new`, path);
  };
  expect(await readWhile(replace)).toEqual({ bytes: SIZE, isReplaced: true });
  expect(await readWhile(() => rmSync(path))).toEqual({ bytes: SIZE, isReplaced: false });
});

test('what is no regular file is read as it comes', async () => {
  spawnSync('mkfifo', [path]);
  const [read] = await Promise.all([text(readSteadily(path)), writeFile(path, 'from a pipe')]);
  expect(read).toBe('from a pipe');
});

test('as a stream, one that is cut off fails as well', async () => {
  writeFileSync(path, 'x'.repeat(SIZE));
  const readAndCut = async () => {
    for await (const _ of readSteadily(path)) truncateSync(path, 10);
  };
  await expect(readAndCut()).rejects.toThrow('was cut off while it was read');
});

test('files of messages and exports are read like that, line by line', async () => {
  const line = JSON.stringify({ messageId: 'm', body: 'b' });
  writeFileSync(path, `${line}\n`);
  expect(await readLines(path)).toEqual([{ number: 1, body: line }]);
  expect(await readExportIndex(path)).toMatchObject({ size: 1 });
});
