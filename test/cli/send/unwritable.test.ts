/** Files that `send` cannot write are found before the first user is sent. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type LetterQueues, startLetterQueues } from '../support/letter-queues.ts';
import { runCli } from '../support/run-cli.ts';

jest.setTimeout(60_000);

let queues: LetterQueues;
beforeEach(async () => {
  queues = await startLetterQueues();
});
afterEach(() => queues.stop());

async function expectNothingSent(args: readonly string[], ...sentences: readonly string[]): Promise<void> {
  const { code, stderr } = await runCli(['send', '--world', queues.worldFile, ...args]);
  for (const sentence of sentences) expect(stderr).toContain(sentence);
  expect(stderr).not.toMatch(/E[A-Z]+:|defect|^\s+at /m);
  expect(code).not.toBe(0);
  expect(queues.usersDepth()).toMatchObject({ visible: 0, inFlight: 0 });
}

const LONG = 'x'.repeat(300);

test.each([
  ['nowhere/rejects.jsonl', 'there is no such file or folder.'],
  ['users.csv/rejects.jsonl', 'a part of its path is no folder.'],
  [LONG, 'the name is too long.'],
  ['folder', 'is no regular file.'],
])('--rejects %s', async (name, sentence) => {
  const file = join(queues.directory, 'users.csv');
  writeFileSync(file, 'USER_ID,AGE\na,1\n,2\nb,3\n');
  mkdirSync(join(queues.directory, 'folder'));
  const rejects = join(queues.directory, name);
  await expectNothingSent([file, '--rejects', rejects], `The rejects file ${rejects} `, sentence, '--rejects FILE');
  expect(existsSync(`${file}.checkpoint.json`)).toBe(false);
});

// So long that the file has a place, and its checkpoint, or the draft of that, has none.
test.each([246, 231])('a checkpoint of a name with %p characters', async (length) => {
  const file = join(queues.directory, `${'x'.repeat(length)}.csv`);
  writeFileSync(file, 'USER_ID,AGE\na,1\n');
  const rejects = join(queues.directory, 'rejects.jsonl');
  await expectNothingSent([file, '--rejects', rejects], `${file}.checkpoint.json cannot be`, 'the name is too long.');
  expect(readdirSync(queues.directory).filter((name) => name.includes('rejects'))).toEqual([]);
});
