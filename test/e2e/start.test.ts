/** `npm start`, as a process of its own, as a newcomer runs it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { createSqsClient } from '../../aws/sqs/local-sqs-client.ts';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { until } from '../support/world.ts';

jest.setTimeout(120_000);

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

interface Run {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  output(): string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
}

describe('npm start', () => {
  const runs: Run[] = [];
  afterEach(async () => {
    for (const run of runs.splice(0)) {
      run.process.kill('SIGKILL');
      await run.ended;
    }
  });

  const start = (...args: string[]) => startWith({}, ...args);

  function startWith(env: Readonly<Record<string, string>>, ...args: string[]): Run {
    const child = spawn(process.execPath, ['local/main.ts', ...args], {
      cwd: PROJECT,
      env: { ...process.env, ...env },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const run = { process: child, output: () => output, ended: once(child, 'close').then(([code]) => code) };
    runs.push(run);
    return run;
  }

  test('runs the samples through it and ends with what the dataset holds and what was rejected', async () => {
    const run = start();
    expect({ code: await run.ended, output: run.output() }).toMatchObject({ code: 0 });
    expect(run.output()).toMatch(/Messages sent +│ +389 /);
    expect(run.output()).toMatch(/Users in the dataset +│ +399 /);
    expect(run.output()).toMatch(/Dead letters +│ +12 /);
    expect(run.output()).toMatch(/Users per accepted call/);
    expect(run.output()).toMatch(/MessageContractViolation +│ userId: must not be empty/);
    expect(run.output()).toMatch(/SchemaMismatch +│ properties.ageInYears: is not in the dataset's schema/);
  });

  test.each<[string, string[], string | Buffer, RegExp]>([
    [
      'messages',
      ['--users'],
      Buffer.from('{"userId":"a"}\r\n\r\n{"userId":"caf\u00e9"}\n', 'latin1'),
      /line 3 is not UTF-8/,
    ],
    [
      'a schema',
      ['--serve', '--schema'],
      Buffer.from('{"name":"\u00c4"}', 'latin1'),
      /is no Avro schema .* the schema is not UTF-8: save it as UTF-8/,
    ],
  ])('refuses %s that are not UTF-8', async (_, args, content, sentence) => {
    const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    writeFileSync(join(directory, 'given'), content);
    const run = start(...args, join(directory, 'given'));
    expect(await run.ended).toBe(1);
    expect(run.output().replace(/\s+/g, ' ')).toMatch(sentence);
    rmSync(directory, { recursive: true });
  });

  test("takes a file of one's own, and settings of the stack", async () => {
    const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    const file = join(directory, 'mine.jsonl');
    writeFileSync(file, '{"userId":"a","properties":{"anything":1}}\n\n{"userId":"b"}\n');
    const run = start('--users', file, '--no-schema', '-c', 'fifo=true');
    expect({ code: await run.ended, output: run.output() }).toMatchObject({ code: 0 });
    expect(run.output()).toMatch(/Users in the dataset +│ +2 /);
    rmSync(directory, { recursive: true });
  });

  test("holds one's own file to the samples' schema, as strictly as is said", async () => {
    const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    const file = join(directory, 'mine.jsonl');
    writeFileSync(
      file,
      '{"userId":"a","properties":{"age":31,"country":7}}\n{"userId":"b","properties":{"shoeSize":39}}\n',
    );
    const strict = start('--users', file);
    expect({ code: await strict.ended, output: strict.output() }).toMatchObject({ code: 0 });
    expect(strict.output()).toMatch(/Users in the dataset +│ +0 /);
    const lenient = start('--users', file, '--accept', 'numberForText,missing');
    expect({ code: await lenient.ended, output: lenient.output() }).toMatchObject({ code: 0 });
    expect(lenient.output()).toMatch(/Users in the dataset +│ +1 /);
    expect(lenient.output()).toMatch(/shoeSize/);
    rmSync(directory, { recursive: true });
  });

  test("takes nothing from the user's AWS and proxy settings", async () => {
    const proxy = await startScriptedServer((_, response) => response.writeHead(403).end());
    const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    const config = join(directory, 'config');
    writeFileSync(config, '[[[\n[profile there]\nuse_dualstack_endpoint = true\nretry_mode = never\n');
    try {
      const run = startWith({
        AWS_USE_FIPS_ENDPOINT: 'true',
        AWS_ENDPOINT_URL: proxy.endpoint,
        AWS_ENDPOINT_URL_SQS: proxy.endpoint,
        AWS_CONFIG_FILE: config,
        AWS_SHARED_CREDENTIALS_FILE: config,
        AWS_PROFILE: 'nobody',
        AWS_RETRY_MODE: 'never',
        AWS_DEFAULTS_MODE: 'odd',
        AWS_CA_BUNDLE: '/nowhere',
        NODE_USE_ENV_PROXY: '1',
        HTTP_PROXY: proxy.endpoint,
        HTTPS_PROXY: proxy.endpoint,
      });
      expect({ code: await run.ended, output: run.output() }).toMatchObject({ code: 0 });
      expect(run.output()).toMatch(/Users in the dataset +│ +399 /);
      expect(proxy.requests()).toBe(0);
    } finally {
      await proxy.stop();
      rmSync(directory, { recursive: true });
    }
  });

  test('stays up with --serve, and ends cleanly when it is interrupted', async () => {
    const run = start('--serve');
    await until(() => run.output().includes('Ctrl-C ends it'));
    const [, endpoint] = /SQS +(http\S+)/.exec(run.output())!;
    const [, QueueUrl] = /Users queue +(http\S+)/.exec(run.output())!;
    const [, putUsers] = /PutUsers +(http\S+)/.exec(run.output())!;
    const client = createSqsClient({ endpoint: endpoint!, region: 'eu-west-1' });
    await client.send(
      new SendMessageCommand({ QueueUrl, MessageBody: '{"userId":"user-0042","properties":{"age":31}}' }),
    );
    client.destroy();

    const askForUser = () => fetch(`${putUsers}/_local/users/user-0042`);
    await until(async () => (await askForUser()).ok);
    expect(await (await askForUser()).json()).toEqual({ userId: 'user-0042', properties: { age: 31 } });

    const worldFile = join(PROJECT, '.local/world.json');
    expect(JSON.parse(readFileSync(worldFile, 'utf8'))).toMatchObject({
      pid: run.process.pid,
      endpoints: { queueUrl: QueueUrl },
    });

    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    expect(existsSync(worldFile)).toBe(false);
  });

  test.each([
    [['--users', 'no-such-file.jsonl'], 'no-such-file.jsonl cannot be read: there is no such file or folder.'],
    [['--users', 'samples'], 'samples cannot be read: it is a folder.'],
    [['--schema', 'no-such.avsc'], 'no-such.avsc cannot be read: there is no such file or folder. Check the name.'],
    [
      ['--users', 'samples/users.jsonl', '--schema', 'package.json'],
      'package.json is no Avro schema of a Users dataset',
    ],
  ])('%j fails with a sentence and no stack trace', async (args, sentence) => {
    const run = start(...args);
    expect(await run.ended).toBe(EXIT_CODES.failed);
    expect(run.output()).toContain(sentence);
    expect(run.output()).not.toMatch(/^\s+at /m);
  });

  test.each([
    [['-c', 'batchSize=0'], 'batchSize takes a whole number from 1 to 10000, but got "0".'],
    [['--faults', 'throttling=2'], 'throttling must be a rate from 0 to 1, not 2'],
    [['users.jsonl'], 'too many arguments'],
    [
      ['--accept', 'missing,numberForTexts'],
      "there is no kind 'numberForTexts'; there is all, none, or any of otherSpelling",
    ],
  ])('%j is wrong use: the code is that of the command line', async (args, sentence) => {
    const run = start(...args);
    expect(await run.ended).toBe(EXIT_CODES.usage);
    expect(run.output()).toContain(sentence);
    expect(run.output()).not.toMatch(/^\s+at /m);
  });
});
