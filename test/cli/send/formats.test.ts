/** What `send` makes of files as people have them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { recognize } from '../../../cli/send/format.ts';
import { openInput } from '../../../cli/send/input.ts';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { drain } from '../../producer/drain.ts';
import { until } from '../../support/world.ts';
import { startLetterQueues, TEST_SETTINGS } from '../support/letter-queues.ts';
import { runCli, startCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));
const SCHEMA = readFileSync(new URL('../../../samples/users-schema.avsc', import.meta.url), 'utf8');

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'formats-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** Reads a file as `send` does. */
async function read(path: string, { schema = false, format }: { schema?: boolean; format?: 'csv' | 'jsonl' } = {}) {
  const input = await openInput(path, new AbortController().signal);
  try {
    const dataset = schema ? { schema: readUsersSchema(SCHEMA) } : undefined;
    const readMessage = createMessageReader({ maxPropertiesLength: 4096, dataset });
    const found = await recognize(input, { readMessage, format, schema: dataset?.schema });
    const users: string[] = [];
    const rejects: string[] = [];
    for await (const block of found.split(input.chunks(found.start.offset), found.start)) {
      for (const draft of found.read(block)) {
        if (draft.kind === 'user') users.push(draft.user.userId + (draft.user.properties ?? ''));
        else rejects.push(`${draft.input.line}: ${draft.reason.message}`);
      }
    }
    return { format: found.name, users, rejects };
  } finally {
    await input.close();
  }
}

const problemOf = (path: string) =>
  read(path).then(
    () => 'none',
    (error) => `${error.message} ${error.hint}`,
  );

describe('is simply read', () => {
  test.each<[string, string, string[]]>([
    ['array.json', 'json', ['a', 'b']],
    ['pretty.json', 'json', ['a{"age":31}']],
    ['lines.jsonl.gz', 'jsonl', ['a', 'b']],
  ])('%s', async (name, format, users) => {
    const result = await read(fixture(name));
    expect(result).toMatchObject({ format, rejects: [] });
    expect(result.users.map((user) => user[0])).toEqual(users.map((user) => user[0]));
  });

  test.each<[string, string | Buffer, string[], string[]]>([
    ['users.csv.gz', gzipSync('USER_ID\na\nb\n'), ['a', 'b'], []],
    ['two.csv.gz', Buffer.concat([gzipSync('USER_ID\na\n'), gzipSync('b\n')]), ['a', 'b'], []],
    [
      'no-name',
      gzipSync('[{"userId":"a"},\n{"userId":""},{"userId":"b","properties":{"n":9007199254740993}}]'),
      ['a', 'b{"n":9007199254740993}'],
      ['2: userId: must not be empty'],
    ],
    [
      'twice.json',
      '[{"userId":"a","userId":"b"},[],7]',
      [],
      ['1: userId: is given twice', expect.any(String) as never, expect.any(String) as never],
    ],
    ['concatenated.json', '{"userId":"a"}{"userId":"b"}\n[{"userId":"c"}]', ['a', 'b', 'c'], []],
    ['packed.json', '[{"users":[{"userId":"a"},{"userId":"b"}]}]', ['a', 'b'], []],
    [
      'bad-first-line.jsonl',
      '{"userId":"a",}\n{"userId":"b"}\n',
      ['b'],
      [expect.stringContaining('1: the body is not JSON') as never],
    ],
    [
      'marked.jsonl',
      '{"userId":"a"}\n\uFEFF{"userId":"b"}\n',
      ['a'],
      ['2: the body begins with a byte order mark (\\ufeff): send it without'],
    ],
    ['ragged.csv', 'USER_ID,AGE,X\na,1,\n,,\n,,,,\n,\n', ['a{"age":"1"}'], []],
    ['ctrl-z.csv', 'USER_ID,AGE\r\na,1\r\n\u001A', ['a{"age":"1"}'], []],
    ['ctrl-z-2.csv', 'USER_ID,AGE\r\na,1\u001A', ['a{"age":"1"}'], []],
    ['ctrl-z.jsonl', '{"userId":"a"}\r\n\u001A', ['a'], []],
    ['beside.csv', 'USER_ID,AGE\n,1\n"",\n', [], ['2: userId: must not be empty', '3: userId: must not be empty']],
  ])('%s', async (name, content, users, rejects) => {
    expect(await read(file(name, content))).toMatchObject({ users, rejects });
  });
});

describe('is refused with what it is and the one remedy', () => {
  test.each([
    ['cr-only.csv', "end with CR alone, as on old Macs. Write them anew, say with: tr '\\r' '\\n' <"],
    [
      'sep-line.csv',
      'begins with the line sep=;, which is for Excel alone. Remove that line, and give --delimiter ";".',
    ],
    ['no-header.csv', 'Then put one first, such as USER_ID,AGE,GENDER.'],
    ['double-colon.dat', 'separated by "::", and a delimiter is one character. Replace it, say with: sed'],
    ['invisible-header.csv', 'column 1 of the header is "\\ufeffUSER_ID".'],
    ['nbsp-header.csv', 'column 2 of the header is "\\u00a0AGE".'],
  ])('%s', async (name, sentence) => {
    expect(await problemOf(fixture(name))).toContain(sentence);
  });

  test.each<[string, string | Buffer, string]>([
    ['users.xlsx', Buffer.from('PK\x03\x04....xl/workbook.xml'), 'is an Excel workbook. Save the sheet'],
    [
      'users.csv',
      Buffer.from('USER_ID,AGE\na,1\n', 'utf16le'),
      'is UTF-16LE, not UTF-8. Convert it: iconv -f UTF-16LE',
    ],
    ['users.gz', gzipSync(Buffer.from('PAR1\x15\x04')), 'is Parquet.'],
    ['named.csv', '[{"userId":"a"}]', 'is called CSV, and begins as JSON does. Give --format json.'],
    ['long-cr.csv', `USER_ID\r${'a\r'.repeat(600_000)}`, 'end with CR alone'],
    ['empty.csv.gz', gzipSync(''), 'is empty.'],
    ['pipes.csv', 'USER_ID||AGE\na||1\n', "sed 's/[|][|]/\\t/g'"],
  ])('%s', async (name, content, sentence) => {
    expect(await problemOf(file(name, content))).toContain(sentence);
  });
});

describe('a header in the middle', () => {
  const AGAIN = 'the record is the header again, as where files are put together';

  test('of a file that was put together is refused, with its line', async () => {
    expect(await read(fixture('header-again.csv'))).toMatchObject({
      users: [expect.stringMatching(/^1/), expect.stringMatching(/^2/)],
      rejects: [`3: ${AGAIN}`],
    });
  });

  test.each(['user_id,Age', '\uFEFFUSER_ID,AGE', '"User ID","AGE"', 'userId,age'])('also as %s', async (header) => {
    const path = file('again.csv', `USER_ID,AGE\n1,31\n${header}\n2,32\n`);
    expect((await read(path)).rejects).toEqual([`3: ${AGAIN}`]);
    expect((await read(path, { schema: true })).rejects).toEqual([`3: ${AGAIN}`]);
  });

  test.each(['USER_ID,GENDER', 'AGE,USER_ID', 'USER_ID,AGE,GENDER', 'USER_ID'])(
    'with other columns, %s, ends the reading: what follows would be read into the wrong ones',
    async (header) => {
      await expect(read(file('other.csv', `USER_ID,AGE\n1,31\n${header}\n2,f\n`))).rejects.toMatchObject({ line: 3 });
    },
  );

  test('is none where somebody is called like that', async () => {
    const path = file('called.csv', 'USER_ID,AGE\nuser_id,31\nx,user-id is 3\n');
    expect((await read(path)).users).toHaveLength(2);
  });

  test('and a byte order mark there, before a user, is refused', async () => {
    expect((await read(file('mark.csv', 'USER_ID,AGE\n1,31\n\uFEFF2,32\n'))).rejects).toEqual([
      '3: the record begins with a byte order mark (\\ufeff), as where files are put together',
    ]);
  });
});

describe('send', () => {
  test('of an array goes on within it after Ctrl-C, and after what is broken is mended', async () => {
    const queues = await startLetterQueues();
    try {
      const world = JSON.parse(readFileSync(queues.worldFile, 'utf8'));
      const settings = { ...TEST_SETTINGS, usersPerMessage: 10 };
      writeFileSync(queues.worldFile, JSON.stringify({ ...world, settings }));
      const ids = Array.from({ length: 30_000 }, (_, index) => `user-${index}`);
      const users = ids.map((userId) => JSON.stringify({ userId, properties: { age: 31 } }, null, 1));
      const text = `[${users.join(',\n')}]\n`;
      const broken = text.replace(/\},\s*\{\s*"userId": "user-29000"/, '} {"userId": "user-29000"');
      const path = file('users.json', broken);
      queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 25 }], 1);
      const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '2']);
      await until(() => queues.usersDepth().visible > 100);
      run.process.kill('SIGINT');
      expect(await run.ended).toBe(130);
      queues.sqs.setFaults([], 0);
      const second = await runCli(['send', '--world', queues.worldFile, path, '--resume']);
      expect(second).toMatchObject({ code: 1, stderr: expect.stringContaining('a comma is missing in the array') });
      writeFileSync(path, text);
      expect(await runCli(['send', '--world', queues.worldFile, path, '--resume'])).toMatchObject({ code: 0 });
      const sent = (await drain(queues.client, queues.users.url)).flatMap(({ Body }) => {
        const body = JSON.parse(Body!);
        return (body.users ?? [body]).map(({ userId }: { userId: string }) => userId);
      });
      expect(sent.toSorted()).toEqual(ids.toSorted());
    } finally {
      await queues.stop();
    }
  });

  test('says so where another header is, and what to do', async () => {
    const path = file('two.csv', 'USER_ID,AGE\n1,31\nUSER_ID,GENDER\n2,f\n');
    const run = await runCli(['send', path, '--dry-run']);
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('two.csv: line 3 is another header, with other columns.'),
    });
    expect(run.stderr).toContain('Split the file there. Nothing was sent.');
  });
});
