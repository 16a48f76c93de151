/** `send`, as a process of its own, into a real SQS over HTTP. */

import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DeleteQueueCommand } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { groupOfUser } from '../../../aws/sqs/message-group.ts';
import { USER_IDS } from '../../../test/docs/user-ids.ts';
import { drain } from '../../producer/drain.ts';
import { runProgram } from '../../support/run-program.ts';
import { until } from '../../support/world.ts';
import { type LetterQueues, startLetterQueues, TEST_SETTINGS } from '../support/letter-queues.ts';
import { runCli, startCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));
const BOUNDS =
  '{"lastVisitAt":-9223372036854775808}{"lastVisitAt":9007199254740993}{"lastVisitAt":9223372036854775807}';
const SCHEMA = fileURLToPath(new URL('../../../samples/users-schema.avsc', import.meta.url));

describe('send', () => {
  let queues: LetterQueues;
  beforeEach(async () => {
    queues = await startLetterQueues();
  });
  afterEach(() => queues.stop());

  function file(name: string, content: string | Buffer): string {
    const path = join(queues.directory, name);
    writeFileSync(path, content);
    return path;
  }

  const send = (...args: string[]) => runCli(['send', '--world', queues.worldFile, ...args]);

  const sendStream = (input: string) =>
    runProgram(process.execPath, [MAIN, 'send', '--world', queues.worldFile, '-'], { cwd: queues.directory, input });

  function rejectsOf(path: string): readonly { line: number; reason: string; record?: string }[] {
    if (!existsSync(path)) return [];
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  }

  const bodies = async () => (await queues.takeUsers()).map(({ body }) => body);

  function allowUsersPerMessage(usersPerMessage: number): void {
    const world = JSON.parse(readFileSync(queues.worldFile, 'utf8'));
    writeFileSync(queues.worldFile, JSON.stringify({ ...world, settings: { ...TEST_SETTINGS, usersPerMessage } }));
  }

  test('sends the users of a CSV file, each value as text, empty ones left out', async () => {
    const path = file('users.csv', 'USER_ID,AGE,membershipType\nuser-1,031,"Pre""mium, old"\nuser-2,,\n');
    expect(await send(path)).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent 2 users of') });
    expect((await bodies()).toSorted()).toEqual([
      '{"userId":"user-1","properties":{"age":"031","membershipType":"Pre\\"mium, old"}}',
      '{"userId":"user-2"}',
    ]);
    expect(existsSync(`${path}.rejects.jsonl`)).toBe(false);
    expect(existsSync(`${path}.checkpoint.json`)).toBe(false);
  });

  test('types the values of CSV by the schema, to the digit', async () => {
    const path = file('users.csv', 'USER_ID,NUMBER_OF_VIDEOS_WATCHED,SUBSCRIBED,COUNTRY\n1,9007199254740993,true,31\n');
    expect(await send(path, '--schema', SCHEMA)).toMatchObject({ code: 0 });
    expect(await bodies()).toEqual([
      '{"userId":"1","properties":{"numberOfVideosWatched":9007199254740993,"subscribed":true,"country":"31"}}',
    ]);
  });

  test('sends JSON Lines, each body as it was written, and packs users anew', async () => {
    allowUsersPerMessage(3);
    const path = file(
      'users.jsonl',
      '{"userId":"a","properties":{"n":9007199254740993}}\n\n{"users":[{"userId":"b"},{"userId":"c"},{"userId":"d"}]}\n{"userId":"e"}',
    );
    const run = await send(path, '--json');
    expect(run.code).toBe(0);
    expect(JSON.parse(run.stdout)).toMatchObject({
      users: 5,
      messages: 2,
      rejected: 0,
      rejectsFile: null,
      complete: true,
    });
    expect((await bodies()).toSorted()).toEqual([
      '{"users":[{"userId":"a","properties":{"n":9007199254740993}},{"userId":"b"},{"userId":"c"}]}',
      '{"users":[{"userId":"d"},{"userId":"e"}]}',
    ]);
  });

  test('reads what other systems write: a byte order mark, CRLF, tabs, line ends within quotes', async () => {
    const path = file('export.tsv', '\uFEFFUSER_ID\tBIO\r\na\t"one\r\ntwo"\r\n\r\nb\t\r\n\tbad\r\n');
    const run = await send(path, '--delimiter', 'tab');
    expect(run).toMatchObject({ code: 3, stderr: expect.stringContaining('line 6: userId: must not be empty') });
    expect((await bodies()).toSorted()).toEqual([
      '{"userId":"a","properties":{"bio":"one\\r\\ntwo"}}',
      '{"userId":"b"}',
    ]);
  });

  test('writes what it does not send to a file, with line, reason and record, and says so with its exit code', async () => {
    const path = file(
      'users.csv',
      Buffer.concat([
        Buffer.from('USER_ID,AGE\na,1\n,2\nb\n"x\ny",z\nc,5" \nd,"6"7\n'),
        Buffer.from([0x65, 0x2c, 0xff, 0x0a]),
        Buffer.from(`f,${'1'.repeat(1_048_576)}\n${'g'.repeat(257)},1\nh,2147483648\ni,9\n`),
      ]),
    );
    const run = await send(path, '--schema', SCHEMA);
    expect(run.code).toBe(3);
    expect(run.stdout).toContain(`9 records were rejected: see ${path}.rejects.jsonl`);
    expect(run.stderr).toContain('line 3: userId: must not be empty');
    expect((await bodies()).toSorted()).toEqual([
      '{"userId":"a","properties":{"age":1}}',
      '{"userId":"i","properties":{"age":9}}',
    ]);
    expect(rejectsOf(`${path}.rejects.jsonl`)).toEqual([
      { line: 3, code: 'MessageContractViolation', reason: 'userId: must not be empty', record: ',2' },
      { line: 4, code: 'UnreadableRecord', reason: 'the record has 1 values, and the header 2 names', record: 'b' },
      expect.objectContaining({ line: 5, record: '"x\ny",z', code: 'InvalidValue' }),
      expect.objectContaining({
        line: 7,
        reason: expect.stringContaining('a quote within a value that is not quoted'),
      }),
      expect.objectContaining({ line: 8, reason: expect.stringContaining('goes on after its closing quote') }),
      { line: 9, code: 'UnreadableRecord', reason: 'the record is not UTF-8', recordInBase64: 'ZSz/' },
      expect.objectContaining({
        line: 10,
        reason: 'the record has more than 1048576 bytes, the most that a message takes',
      }),
      expect.objectContaining({ line: 11, reason: 'userId: must have at most 256 characters' }),
      expect.objectContaining({ line: 12, reason: expect.stringContaining('a whole number of 32 bits') }),
    ]);
  });

  test('rejects single users of a JSON line, each with a body of its own, and sends the others', async () => {
    const lines = [
      '{"users":[{"userId":"a"},{"userId":""},{"userId":"b","properties":{"age":"x"}}]}',
      'no json',
      '[]',
      '{"userId":"c","properties":{"shoeSize":9}}',
    ];
    const path = file('users.jsonl', lines.join('\n'));
    expect(await send(path, '--schema', SCHEMA, '--rejects', join(queues.directory, 'bad.jsonl'))).toMatchObject({
      code: 3,
    });
    expect(await bodies()).toEqual(['{"userId":"a"}']);
    expect(
      rejectsOf(join(queues.directory, 'bad.jsonl')).map(({ line, reason, record }) => [line, reason, record]),
    ).toEqual([
      [1, 'users[1].userId: must not be empty', '{"userId":""}'],
      [
        1,
        'users[2].properties.age: "x" is no number; the schema\'s AGE takes null or a whole number of 32 bits (int)',
        '{"userId":"b","properties":{"age":"x"}}',
      ],
      [2, expect.stringContaining('the body is not JSON'), 'no json'],
      [3, 'the body must be a JSON object: one user, or {"users": [...]}', '[]'],
      [
        4,
        expect.stringContaining("properties.shoeSize: is not in the dataset's schema; it has age, gender,"),
        lines[3],
      ],
    ]);
  });

  test('sends who may not fit the schema, and says so, unless it is told to refuse them', async () => {
    const path = file('users.jsonl', '{"userId":"a","properties":{"subscribed":"true"}}\n{"userId":"b"}\n');
    const run = await send(path, '--schema', SCHEMA, '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ users: 2, rejected: 0, suspects: 2 });
    expect(run.stderr).toContain(
      '2 users may not fit the schema, which PutUsers decides, such as that of line 1: properties.subscribed: "true" is a text;',
    );
    expect(await bodies()).toHaveLength(2);
    const strict = await send(path, '--schema', SCHEMA, '--schema-check', 'all');
    expect(strict).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('line 2: properties.membershipType: is missing'),
    });
    expect(await send(path, '--schema-check', 'all')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--schema-check needs the schema'),
    });
  });

  test.each([
    ['camel.csv', 'camel-schema.avsc', '{"memberClass":"Gold"}'],
    ['camel.jsonl', 'camel-schema.avsc', '{"memberClass":"Gold"}'],
    ['pascal.csv', 'pascal-schema.avsc', '{"email":"a@example.com","fullName":"Ann Ex","age":31}'],
    ['snake.csv', 'snake-schema.avsc', '{"ageGroup":"30-39"}'],
    ['float-int.csv', 'plain-schema.avsc', '{"age":10}{"age":31}'],
    ['float-int.jsonl', 'plain-schema.avsc', '{"age":10}{"age":31}'],
    ['schema-case.jsonl', 'plain-schema.avsc', '{"gender":"F"}'],
    ['long-bounds.csv', 'plain-schema.avsc', BOUNDS],
    ['long-bounds.jsonl', 'plain-schema.avsc', BOUNDS],
  ])('reads %s by %s', async (name, schema, properties) => {
    const fixture = (each: string) => fileURLToPath(new URL(`../../fixtures/schemas/${each}`, import.meta.url));
    const path = file(name, readFileSync(fixture(name)));
    await send(path, '--schema', fixture(schema));
    const sent = (await bodies()).map((body) => body.slice(body.indexOf('"properties":') + '"properties":'.length, -1));
    expect(sent.toSorted().join('')).toBe(properties);
  });

  test('reads standard input, and what is no regular file', async () => {
    const input = '\nUSER_ID\na\n\nb\n\u0020\n';
    const run = await sendStream(input);
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent 3 users of standard input') });
    const jsonl = await sendStream('{"userId":""}');
    expect(jsonl).toMatchObject({ code: 3, stdout: expect.stringContaining('stdin.rejects.jsonl') });
    const pipe = join(queues.directory, 'pipe');
    spawnSync('mkfifo', [pipe]);
    const [piped] = await Promise.all([send(pipe), writeFile(pipe, '{"userId":"c"}')]);
    expect(piped).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent 1 user of') });
    expect(queues.usersDepth().visible).toBe(4);
  });

  test('sends nothing in a dry run, which needs no deployment', async () => {
    const path = file('users.csv', 'USER_ID\na\nb\n""\n');
    const run = await runCli(['send', path, '--dry-run', '--json']);
    expect(run.code).toBe(3);
    expect(JSON.parse(run.stdout)).toMatchObject({ dryRun: true, users: 2, rejected: 1, rejectsFile: null });
    expect(await send(path, '--dry-run', '--rejects', `${path}.bad`)).toMatchObject({ code: 3 });
    expect(rejectsOf(`${path}.bad`)).toMatchObject([{ line: 4 }]);
    expect(queues.usersDepth().visible).toBe(0);
    expect(existsSync(`${path}.checkpoint.json`)).toBe(false);
  });

  test.each([
    ['nothing at all', '', 'is empty.'],
    ['blank lines', '\n\n', 'is empty.'],
    ['no USER_ID', 'ID,AGE\n1,2\n', 'line 1: the header has no USER_ID.'],
    ['no header', 'user-1,31\n', 'column 1 of the header is "user-1".'],
    ['a name twice', 'USER_ID,AGE,age\n', 'the header has age twice, as AGE and as age.'],
    ['a comment', '# exported today\nUSER_ID\n', 'Is that a comment? Remove the line.'],
    ['another delimiter', 'USER_ID;AGE\n', 'Then give --delimiter ";".'],
    ['UTF-16', Buffer.from('\uFEFFUSER_ID\n', 'utf16le'), 'is not UTF-8. It begins as UTF-16 does.'],
    ['Latin-1', Buffer.from('USER_ID,STÄDTE\n', 'latin1'), 'is not UTF-8. Its header is not.'],
    [
      'an open quote in its header',
      `"USER_ID\n${'a\n'.repeat(600_000)}`,
      'its first line has a quote that is opened and not closed.',
    ],
  ])('says what is wrong with a CSV file of %s', async (_, content, sentence) => {
    const run = await send(file('users.csv', content));
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(sentence) });
    expect(run.stderr).not.toMatch(/^\s+at /m);
  });

  test.each([
    [['no-such-file.csv'], 1, 'no-such-file.csv cannot be read: there is no such file.'],
    [['.'], 1, '. is a directory.'],
    [[], 2, "missing required argument 'file'\nSuch as: personalize-users send users.csv --dry-run\n"],
    [['README.md'], 1, 'README.md looks like Markdown. It is no CSV with a header, and no JSON.\nGive CSV, '],
    [['LICENSE'], 1, 'Give CSV, whose first line names the columns: USER_ID,'],
    [['-', '--resume'], 2, 'standard input cannot be read again'],
    [['a.csv', '--users-per-message', '0'], 2, 'It takes a whole number from 1 to 10000.'],
    [['a.csv', '--delimiter', '"'], 2, 'It takes one character, such as ; or tab'],
    [[SCHEMA, '--schema', 'package.json'], 1, 'package.json is no Avro schema of a Users dataset'],
    [[SCHEMA, '--users-per-message', '50'], 2, 'is more than the deployment is sized for, which is 1.'],
    [[SCHEMA, '--message-group', 'a'], 2, '--message-group is for FIFO queues'],
    [[SCHEMA, '--source', 'a b'], 2, 'It takes 1 to 128 letters, digits and punctuation characters.'],
    [[SCHEMA, '--rejects', SCHEMA], 2, '--rejects names the file that is sent'],
    [[SCHEMA, '--format', 'jsonl', '--delimiter', ';'], 2, '--delimiter is for CSV'],
    [['package.json', '--dry-run'], 3, 'Nothing in it is a user. Give CSV, whose first line names the columns: '],
    [['samples/users.csv', '--delimiter', ';'], 1, 'Are the values separated by commas? Then leave --delimiter out.'],
    [['package.json', '--format', 'jsonl', '--rejects', SCHEMA], 1, 'is no file of rejects: it would be lost.'],
    [[SCHEMA, '--resume', '--format', 'jsonl'], 2, 'There is no send of'],
  ])('%j is refused with a sentence', async (args, code, sentence) => {
    const before = readFileSync(SCHEMA, 'utf8');
    const run = await send(...args);
    expect(run).toMatchObject({ code, stderr: expect.stringContaining(sentence) });
    expect(readFileSync(SCHEMA, 'utf8')).toBe(before);
  });

  test('sends each user although requests, replies and entries fail', async () => {
    queues.sqs.setFaults([{ action: 'SendMessageBatch', refused: 0.1, replyDropped: 0.1, entriesFailed: 0.2 }], 11);
    const ids = Array.from({ length: 500 }, (_, index) => `user-${index}`);
    const run = await send(file('users.csv', `USER_ID\n${ids.join('\n')}\n`), '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ users: 500, messages: 500, rejected: 0 });
    queues.sqs.setFaults([], 0);
    expect(new Set((await bodies()).map((body) => JSON.parse(body).userId))).toEqual(new Set(ids));
  });

  const sourcesOf = async () => new Set((await queues.takeUsers()).map(({ messageGroupId }) => messageGroupId));

  test('gives each load a source of its own, which names no file', async () => {
    const path = file('secret.csv', `USER_ID\n${'a\nb\nc\n'.repeat(5)}`);
    const first = JSON.parse((await send(path, '--json')).stdout).source;
    expect(await sourcesOf()).toEqual(new Set([first]));
    expect(first).toMatch(/^send-\d{8}T\d{6}Z-[0-9a-f]{6}$/);
    await sendStream('{"userId":"a"}\n');
    const [second] = await sourcesOf();
    expect(second).toMatch(/^send-/);
    expect(second).not.toBe(first);
  });

  test('takes the source that it is told', async () => {
    await send(file('users.csv', 'USER_ID\na\n'), '--source', 'crm');
    expect(await sourcesOf()).toEqual(new Set(['crm']));
  });

  test('keeps the source of a load that it goes on with, and refuses another', async () => {
    const path = file('users.csv', `USER_ID\n${'a\n'.repeat(2_000)}`);
    queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 50 }], 1);
    const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '1', '--source', 'crm']);
    await until(() => queues.usersDepth().visible >= 20);
    run.process.kill('SIGINT');
    await run.ended;
    queues.sqs.setFaults([], 0);
    expect(await send(path, '--resume', '--source', 'other')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('had the source crm, not other'),
    });
    expect(JSON.parse((await send(path, '--resume', '--json')).stdout)).toMatchObject({ resumed: true, source: 'crm' });
    expect(await sourcesOf()).toEqual(new Set(['crm']));
  });

  test('says how far it came when the queue is gone, and goes on from there', async () => {
    const ids = Array.from({ length: 500 }, (_, index) => `user-${index}`);
    const path = file('users.csv', `USER_ID\n${ids.join('\n')}\n`);
    queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 100 }], 1);
    const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '1']);
    await until(() => queues.usersDepth().visible > 50);
    await queues.client.send(new DeleteQueueCommand({ QueueUrl: queues.users.url }));
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toMatch(/What is before line \d+ is settled: \d+ users sent/);
    expect(run.stderr()).toContain('--resume');
    queues.sqs.setFaults([], 0);
    await queues.sqs.createQueue({ name: 'users', attributes: {} });
    const resumed = await send(path, '--resume', '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ users: 500, resumed: true });
    const last = (await bodies()).map((body) => JSON.parse(body).userId);
    expect(last.toSorted()).toEqual(ids.slice(-last.length).toSorted());
  });

  describe('what it writes is for its owner alone', () => {
    const rights = (path: string) => statSync(path).mode & 0o777;
    const BAD = 'USER_ID\na\n""\n';

    test.each<[string, (path: string, other: string) => void]>([
      ['with nothing there', () => {}],
      [
        'in the place of an older file that all may read',
        (path) => {
          writeFileSync(path, '{"line":1}\n');
          chmodSync(path, 0o666);
        },
      ],
      [
        'in the place of an empty one',
        (path) => {
          writeFileSync(path, '');
          chmodSync(path, 0o666);
        },
      ],
      [
        'in the place of a link, and not where that leads',
        (path, other) => {
          writeFileSync(other, '{"line":1}\n');
          chmodSync(other, 0o666);
          symlinkSync(other, path);
        },
      ],
    ])('%s', async (_, prepare) => {
      const [path, other] = [file('users.csv', BAD), join(queues.directory, 'other')];
      prepare(`${path}.rejects.jsonl`, other);
      expect(await send(path)).toMatchObject({ code: 3 });
      expect(rejectsOf(`${path}.rejects.jsonl`)).toMatchObject([{ line: 3 }]);
      expect(rights(`${path}.rejects.jsonl`)).toBe(0o600);
      if (existsSync(other)) expect(readFileSync(other, 'utf8')).toBe('{"line":1}\n');
    });

    test('also after an interruption, with the checkpoint', async () => {
      const path = file('users.csv', `USER_ID\n""\n${'a\n'.repeat(2_000)}`);
      queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 50 }], 1);
      const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '1']);
      await until(() => queues.usersDepth().visible >= 20);
      run.process.kill('SIGINT');
      await run.ended;
      expect(rights(`${path}.checkpoint.json`)).toBe(0o600);
      expect(rights(`${path}.rejects.jsonl`)).toBe(0o600);
      chmodSync(`${path}.rejects.jsonl`, 0o644);
      queues.sqs.setFaults([], 0);
      expect(await send(path, '--resume')).toMatchObject({ code: 3 });
      expect(rights(`${path}.rejects.jsonl`)).toBe(0o600);
      expect(readdirSync(queues.directory).filter((name) => name.endsWith('.partial'))).toEqual([]);
    });
  });

  test('takes no schema and no checkpoint that is not UTF-8', async () => {
    const path = file('users.csv', 'USER_ID\na\n');
    const schema = file('schema.avsc', Buffer.from(readFileSync(SCHEMA, 'utf8').replace('AGE', '\u00c4GE'), 'latin1'));
    expect(await send(path, '--schema', schema)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'schema.avsc is no Avro schema of a Users dataset: the schema is not UTF-8: save it as UTF-8.',
      ),
    });
    file('users.csv.checkpoint.json', Buffer.from('{"version":1,"id":"\u00e9"}', 'latin1'));
    expect(await send(path, '--resume')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is no checkpoint of this version'),
    });
    expect(queues.usersDepth().visible).toBe(0);
  });

  describe('that is interrupted', () => {
    const IDS = Array.from({ length: 1_500 }, (_, index) => `user-${index}`);
    /** Every tenth line is bad. Line n, from 2, is that of the user n - 2. */
    const isBad = (index: number) => index % 10 === 7;
    const CONTENT = `USER_ID,NOTE\n${IDS.map((id, index) => (isBad(index) ? `${id}` : `${id},n`)).join('\n')}\n`;
    const GOOD = IDS.filter((_, index) => !isBad(index));
    const BAD_LINES = IDS.flatMap((_, index) => (isBad(index) ? [index + 2] : []));

    /** So slow that there is time to interrupt, and so that batches are overtaken by later ones. */
    const slowly = () =>
      queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 25, entriesFailed: 0.1 }], 1);

    async function interruptAt(path: string, depth: number, signal: NodeJS.Signals, ...args: string[]) {
      const run = startCli(['send', '--world', queues.worldFile, path, '--concurrency', '2', ...args]);
      await until(() => queues.usersDepth().visible >= depth);
      run.process.kill(signal);
      return { code: await run.ended, stderr: run.stderr(), stdout: run.stdout() };
    }

    async function reconcile(path: string, atMostTwice: number): Promise<void> {
      const sent = (await drain(queues.client, queues.users.url)).map(({ Body }) => JSON.parse(Body!).userId as string);
      expect(new Set(sent)).toEqual(new Set(GOOD));
      expect(sent.length - GOOD.length).toBeLessThanOrEqual(atMostTwice);
      expect(rejectsOf(`${path}.rejects.jsonl`).map(({ line }) => line)).toEqual(BAD_LINES);
    }

    test('by SIGKILL, again and again, loses nothing, and has every reject once', async () => {
      const path = file('users.csv', CONTENT);
      slowly();
      expect(await interruptAt(path, 60, 'SIGKILL')).toMatchObject({ code: null });
      expect(await send(path)).toMatchObject({ code: 2, stderr: expect.stringContaining('--resume goes on there') });
      let depth = queues.usersDepth().visible;
      for (const more of [450, 300]) {
        depth += more;
        expect(await interruptAt(path, depth, 'SIGKILL', '--resume')).toMatchObject({ code: null });
      }
      queues.sqs.setFaults([], 0);
      const last = await send(path, '--resume', '--json');
      expect(last.code).toBe(3);
      expect(JSON.parse(last.stdout)).toMatchObject({ users: GOOD.length, rejected: BAD_LINES.length, resumed: true });
      expect(existsSync(`${path}.checkpoint.json`)).toBe(false);
      expect(await send(path, '--resume')).toMatchObject({ code: 2, stderr: expect.stringContaining('to go on with') });
      await reconcile(path, GOOD.length);
    });

    test('by SIGKILL before the queue has answered can be gone on with from its beginning', async () => {
      const path = file('users.csv', CONTENT);
      queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 1_000 }], 1);
      const run = startCli(['send', '--world', queues.worldFile, path]);
      await until(() => existsSync(`${path}.checkpoint.json`));
      run.process.kill('SIGKILL');
      await run.ended;
      expect(JSON.parse(readFileSync(`${path}.checkpoint.json`, 'utf8'))).toMatchObject({
        position: { line: 2 },
        counts: { users: 0 },
      });
      queues.sqs.setFaults([], 0);
      expect(await send(path, '--resume')).toMatchObject({ code: 3 });
      await reconcile(path, 200);
    });

    test('by Ctrl-C finishes what is in flight and says how to go on, and sends nothing twice', async () => {
      const path = file('users.csv', CONTENT);
      slowly();
      const run = await interruptAt(path, 200, 'SIGINT');
      expect(run).toMatchObject({ code: 130, stderr: expect.stringContaining('Interrupted. What is before line') });
      expect(run.stderr).toContain('Go on with the same command and --resume.');
      expect(queues.usersDepth().visible).toBeLessThan(GOOD.length / 2);
      queues.sqs.setFaults([], 0);
      expect(await send(path, '--resume')).toMatchObject({ code: 3 });
      await reconcile(path, 0);
    });

    test('and then changed before where it was, is refused; and after, or longer, goes on', async () => {
      const path = file('users.csv', CONTENT);
      slowly();
      await interruptAt(path, 200, 'SIGTERM');
      queues.sqs.setFaults([], 0);
      writeFileSync(path, CONTENT.replace('user-0', 'user-X'));
      expect(await send(path, '--resume')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has changed before line'),
      });
      writeFileSync(path, CONTENT.slice(0, 100));
      expect(await send(path, '--resume')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('has changed before line'),
      });
      writeFileSync(path, `${CONTENT}new,n\n`);
      expect(await send(path, '--resume', '--rejects', 'else')).toMatchObject({ code: 2 });
      expect(await send(path, '--resume')).toMatchObject({ code: 3 });
      const sent = (await drain(queues.client, queues.users.url)).map(({ Body }) => JSON.parse(Body!).userId as string);
      expect(sent.toSorted()).toEqual([...GOOD, 'new'].toSorted());
    });

    test('starts over when it is told to', async () => {
      const path = file('users.csv', CONTENT);
      slowly();
      await interruptAt(path, 200, 'SIGKILL');
      queues.sqs.setFaults([], 0);
      const run = await send(path, '--restart', '--json');
      expect(JSON.parse(run.stdout)).toMatchObject({ users: GOOD.length, rejected: BAD_LINES.length, resumed: false });
      await reconcile(path, GOOD.length);
    });
  });

  test('stops at a quote that is never closed, and goes on once it is mended', async () => {
    const rest = 'b,x\n'.repeat(300_000);
    const path = file('users.csv', `USER_ID,NOTE\na,x\nq,"open\n${rest}`);
    const run = await send(path, '--json');
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the record that begins on line 3 has no end'),
    });
    writeFileSync(path, 'USER_ID,NOTE\na,x\nq,closed\n');
    expect(await send(path, '--resume')).toMatchObject({ code: 0 });
    expect(new Set((await bodies()).map((body) => JSON.parse(body).userId))).toEqual(new Set(['a', 'q']));
  });
});

describe('send to a FIFO queue', () => {
  let queues: LetterQueues;
  beforeEach(async () => {
    queues = await startLetterQueues({ fifo: true });
  });
  afterEach(() => queues.stop());

  test('makes the userId the group, or its hash where SQS does not take it', async () => {
    const path = join(queues.directory, 'users.jsonl');
    writeFileSync(path, USER_IDS.map((userId) => `${JSON.stringify({ userId })}\n`).join(''));
    expect(await runCli(['send', '--world', queues.worldFile, path])).toMatchObject({ code: 0 });
    const taken = await queues.takeUsers();
    expect(
      new Map(taken.map(({ body, messageGroupId }) => [JSON.parse(body).userId as string, messageGroupId])),
    ).toEqual(new Map(USER_IDS.map((userId) => [userId, groupOfUser({ userId })])));
  });

  test('keeps the order of each user, or of all in one group', async () => {
    const path = join(queues.directory, 'users.csv');
    writeFileSync(
      path,
      `USER_ID,N\n${Array.from({ length: 40 }, (_, index) => `user-${index % 3},${index}`).join('\n')}\n`,
    );
    const numbers = async () =>
      (await drain(queues.client, queues.users.url)).map(
        ({ Body }) => JSON.parse(Body!) as { userId: string; properties: { n: string } },
      );

    expect(await runCli(['send', '--world', queues.worldFile, path])).toMatchObject({ code: 0 });
    const each = await numbers();
    expect(each).toHaveLength(40);
    for (const userId of ['user-0', 'user-1', 'user-2']) {
      const mine = each.filter((user) => user.userId === userId).map(({ properties }) => Number(properties.n));
      expect(mine).toEqual(mine.toSorted((one, other) => one - other));
    }

    expect(await runCli(['send', '--world', queues.worldFile, path, '--message-group', 'all'])).toMatchObject({
      code: 0,
    });
    expect((await numbers()).map(({ properties }) => Number(properties.n))).toEqual(
      Array.from({ length: 40 }, (_, index) => index),
    );
  });

  /** The records of a user, in the order in which they are received. */
  async function received(userId: string): Promise<readonly unknown[]> {
    const all = await drain(queues.client, queues.users.url);
    const users = all.flatMap(({ Body }) => {
      const { users = [JSON.parse(Body!)] } = JSON.parse(Body!);
      return users as { userId: string; properties: { n: unknown } }[];
    });
    return users.filter((user) => user.userId === userId).map(({ properties }) => properties.n);
  }

  test('sends a record of a line again that is the same as an earlier one of it', async () => {
    const path = join(queues.directory, 'flip.jsonl');
    const flip = (n: string) => ({ userId: 'flip', properties: { n } });
    writeFileSync(path, JSON.stringify({ users: [flip('on'), flip('off'), flip('on')] }));
    expect(await runCli(['send', '--world', queues.worldFile, path, '--users-per-message', '1'])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('Sent 3 users'),
    });
    expect(await received('flip')).toEqual(['on', 'off', 'on']);
  });

  test('resumed inside a message, sends all of what it repeats, so that the newest record is the last', async () => {
    const world = JSON.parse(readFileSync(queues.worldFile, 'utf8'));
    writeFileSync(queues.worldFile, JSON.stringify({ ...world, settings: { ...TEST_SETTINGS, usersPerMessage: 2 } }));
    const path = join(queues.directory, 'users.jsonl');
    const checkpoint = `${path}.checkpoint.json`;
    const x = (n: number) => ({ userId: 'x', properties: { n } });
    const lines = [x(1), { users: [x(2), x(3)] }, { userId: 'y' }, x(4)];
    writeFileSync(path, lines.map((line) => JSON.stringify(line)).join('\n'));
    // So slow that there is a checkpoint after each batch: the first holds 1 and 2, and so ends within the second line.
    queues.sqs.setFaults([{ action: 'SendMessageBatch', late: 1, lateByInMilliseconds: 700 }], 1);
    const run = startCli(['send', '--world', queues.worldFile, path]);
    const saved = () => (existsSync(checkpoint) ? readFileSync(checkpoint, 'utf8') : '');
    let left = '';
    await until(() => {
      left = saved();
      return left.includes('"line":2');
    });
    expect(await run.ended).toBe(0);
    queues.sqs.setFaults([], 0);
    // As it is left by a kill before the next checkpoint.
    writeFileSync(checkpoint, left);
    expect(await runCli(['send', '--world', queues.worldFile, path, '--resume'])).toMatchObject({ code: 0 });
    expect(await received('x')).toEqual([1, 2, 3, 4, 2, 3, 4]);
  });
});
