import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { fileOf, fileProblem } from '../../../contract/input/file-problem.ts';

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it did not fail');
}

const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
mkdirSync(join(directory, 'folder'));
writeFileSync(join(directory, 'file'), '');
symlinkSync(join(directory, 'circle'), join(directory, 'circle'));
const inDirectory = (name: string) => join(directory, name);

test.each([
  ['nowhere/file', 'there is no such file or folder'],
  ['file/file', 'a part of its path is no folder'],
  ['folder', 'it is a folder'],
  ['circle', 'its links go round in circles'],
  ['x'.repeat(300), 'the name is too long'],
])('%s', (name, why) => {
  const error = thrownBy(() => writeFileSync(inDirectory(name), ''));
  expect(fileProblem(error)).toMatchObject({ why });
  expect(fileOf(error)).toBe(inDirectory(name));
});

test('of a full disk', () => {
  const error = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    syscall: 'write',
  });
  expect(fileProblem(error)).toEqual({ why: 'the disk is full', remedy: 'Make room, and try again.' });
  expect(fileOf(error)).toBeUndefined();
});

test.each(
  'ENOENT EEXIST ENOTDIR EISDIR ELOOP ENAMETOOLONG EINVAL EACCES EPERM EROFS ENOSPC EDQUOT EFBIG EMFILE ENFILE EBUSY ETXTBSY EXDEV EIO'.split(
    ' ',
  ),
)('of %s, in words that complete a sentence, and what to do in one of its own', (code) => {
  expect(fileProblem({ code, syscall: 'open' })).toEqual({
    why: expect.stringMatching(/^[a-z].{7,}[a-z-]$/),
    remedy: expect.stringMatching(/^[A-Z].{8,}\.$/),
  });
});

test('where nothing can be written, it says to give another folder', () => {
  for (const code of ['EACCES', 'EPERM', 'EROFS', 'EXDEV'])
    expect(fileProblem({ code, syscall: 'open' })!.remedy).toMatch(/Give a name in a folder that can be written to\.$/);
});

test('of a rename it is the new name', () => {
  const error = thrownBy(() => renameSync(inDirectory('file'), inDirectory('nowhere/file')));
  expect(fileOf(error)).toBe(inDirectory('nowhere/file'));
});

test('no other errors are explained', () => {
  expect(fileProblem(new Error('x'))).toBeUndefined();
  expect(fileProblem({ code: 'EROFS' })).toBeUndefined();
  expect(fileProblem(undefined)).toBeUndefined();
  expect(fileProblem({ code: ['EIO'], syscall: 'open' })).toBeUndefined();
  expect(fileProblem(Object.assign(new Error('x'), { code: 'toString', syscall: 'open' }))).toBeUndefined();
  readFileSync(inDirectory('file'));
  rmSync(directory, { recursive: true });
});
