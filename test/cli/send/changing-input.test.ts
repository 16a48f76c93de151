/** `send` of what changes, or ends too early, while it is read. */
import {
  appendFileSync,
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { drain } from '../../producer/drain.ts';
import { runProgram } from '../../support/run-program.ts';
import { until } from '../../support/world.ts';
import { type LetterQueues, startLetterQueues, TEST_SETTINGS } from '../support/letter-queues.ts';
import { runCli, startCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

const IDS = Array.from({ length: 60_000 }, (_, index) => `user-${String(index).padStart(6, '0')}`);
const HEADER = 'USER_ID,NOTE\n';
const LINES = IDS.map((id) => `${id},a-note\n`).join('');
const CONTENT = HEADER + LINES;
/** In the middle of the last value of a record, and far behind where it is when the file is changed. */
const CUT = HEADER.length + 50_000 * 19 - 3;

describe('a file that is changed while it is sent', () => {
  let queues: LetterQueues;
  beforeEach(async () => {
    queues = await startLetterQueues();
    const world = JSON.parse(readFileSync(queues.worldFile, 'utf8'));
    writeFileSync(queues.worldFile, JSON.stringify({ ...world, settings: { ...TEST_SETTINGS, usersPerMessage: 100 } }));
    queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 50 }], 1);
  });
  afterEach(() => queues.stop());

  const send = (...args: string[]) => runCli(['send', '--world', queues.worldFile, ...args]);

  async function sendAnd(change: (path: string) => void, name = 'users.csv', content: string | Buffer = CONTENT) {
    const path = join(queues.directory, name);
    writeFileSync(path, content);
    const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '2']);
    await until(() => queues.usersDepth().visible > 0);
    change(path);
    const code = await run.ended;
    queues.sqs.setFaults([], 0);
    return { path, code, stderr: run.stderr(), stdout: run.stdout() };
  }

  async function sent(): Promise<readonly { userId: string; properties: { note: string } }[]> {
    const messages = await drain(queues.client, queues.users.url);
    return messages.flatMap(({ Body }) => JSON.parse(Body!).users ?? [JSON.parse(Body!)]);
  }

  test('cut off: is a failure, sends nothing of the record that is cut, and goes on when the file is whole again', async () => {
    const run = await sendAnd((path) => truncateSync(path, CUT));
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('was cut off while it was read') });
    expect(run.stderr).toContain('Go on with the same command and --resume.');
    const first = await sent();
    expect(first.map(({ userId }) => userId)).toEqual(expect.not.arrayContaining([IDS[49_999]]));
    writeFileSync(run.path, CONTENT);
    expect(await send(run.path, '--resume')).toMatchObject({ code: 0 });
    const all = [...first, ...(await sent())];
    expect(new Set(all.map(({ userId }) => userId))).toEqual(new Set(IDS));
    expect(all.every(({ properties }) => properties.note === 'a-note')).toBe(true);
  });

  test('longer: says so, and --resume sends what has come', async () => {
    const more = 'one-more,a-note\n';
    const run = await sendAnd((path) => appendFileSync(path, more));
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('has grown while it was read') });
    expect(await send(run.path, '--resume')).toMatchObject({ code: 0 });
    expect(new Set((await sent()).map(({ userId }) => userId))).toEqual(new Set([...IDS, 'one-more']));
  });

  test('rewritten in its place: says so, and does not go on with what is other than what was sent', async () => {
    const run = await sendAnd((path) => {
      const descriptor = openSync(path, 'r+');
      writeSync(descriptor, HEADER + LINES.replaceAll('a-note', 'b-note'));
      closeSync(descriptor);
      utimesSync(path, new Date(), new Date(Date.now() + 60_000));
    });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('was written to while it was read') });
    expect(await send(run.path, '--resume')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has changed before line'),
    });
  });

  test('replaced by another: sends the one that it began with, and says so', async () => {
    const run = await sendAnd((path) => {
      writeFileSync(`${path}.new`, `${HEADER}other,b-note\n`);
      renameSync(`${path}.new`, path);
    });
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining('is another file by now') });
    expect(existsSync(`${run.path}.checkpoint.json`)).toBe(false);
    expect(new Set((await sent()).map(({ userId }) => userId))).toEqual(new Set(IDS));
  });

  test('interrupted within gzip: goes on in what it holds', async () => {
    const path = join(queues.directory, 'users.csv.gz');
    writeFileSync(path, gzipSync(CONTENT));
    const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '2']);
    await until(() => queues.usersDepth().visible > 50);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    queues.sqs.setFaults([], 0);
    const depth = queues.usersDepth().visible;
    expect(depth).toBeLessThan(500);
    const last = await send(path, '--resume', '--json');
    expect(JSON.parse(last.stdout)).toMatchObject({ users: IDS.length, resumed: true, rejected: 0 });
    expect((await sent()).map(({ userId }) => userId).toSorted()).toEqual(IDS);
  });

  test('gzip that is cut off: is a failure that can be gone on with', async () => {
    const path = join(queues.directory, 'users.csv.gz');
    const whole = gzipSync(CONTENT);
    writeFileSync(path, whole.subarray(0, whole.length - 1_000));
    queues.sqs.setFaults([], 0);
    const run = await send(path);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('is cut off: its gzip data has no end') });
    writeFileSync(path, whole);
    expect(await send(path, '--resume')).toMatchObject({ code: 0 });
    expect(new Set((await sent()).map(({ userId }) => userId))).toEqual(new Set(IDS));
  });

  test.each<[string, string | Buffer, string]>([
    ['gzip', gzipSync('USER_ID\na\nb\n').subarray(0, 20), 'standard input is cut off: its gzip data has no end'],
    [
      'gzip that is damaged',
      Buffer.concat([gzipSync('USER_ID\na\n').subarray(0, -6), Buffer.alloc(6, 1)]),
      'is damaged',
    ],
  ])('of a stream of %s, what is cut off is noticed', async (_, input, sentence) => {
    const run = await runProgram(process.execPath, [MAIN, 'send', '--world', queues.worldFile, '-'], {
      cwd: queues.directory,
      input,
    });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
  });

  test.each([
    ['CSV whose last line has no end', 'USER_ID,N\na,1\nb,2', ['a', 'b'], 0],
    ['JSON Lines whose last line has none', '{"userId":"a"}\n{"userId":"b"}', ['a', 'b'], 0],
    ['JSON Lines that end within a record', '{"userId":"a"}\n{"userId":"b"', ['a'], 3],
    ['CSV that ends within quotes', 'USER_ID,N\na,1\nb,"2', ['a'], 3],
    ['CSV that ends within a record', 'USER_ID,N\na,1\nb', ['a'], 3],
  ])('of a stream of %s, the record is sent if it is whole', async (_, input, ids, code) => {
    queues.sqs.setFaults([], 0);
    const run = await runProgram(process.execPath, [MAIN, 'send', '--world', queues.worldFile, '-'], {
      cwd: queues.directory,
      input,
    });
    expect(run).toMatchObject({ code });
    expect((await sent()).map(({ userId }) => userId).toSorted()).toEqual(ids);
  });
});
