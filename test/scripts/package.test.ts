/** The package as others have it: packed by npm, installed in a project of their own, used from JavaScript and types. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { buildPackage } from '../../scripts/package.ts';
import { type LetterQueues, startLetterQueues } from '../cli/support/letter-queues.ts';
import { type ProgramResult, runProgram } from '../support/run-program.ts';

jest.setTimeout(120_000);

const NODE_MODULES = fileURLToPath(new URL('../../node_modules', import.meta.url));
const NO_AWS = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_REGION: 'eu-west-1' };

describe('the package', () => {
  let queues: LetterQueues;
  let directory: string;
  let project: string;
  let installed: string;

  beforeAll(async () => {
    queues = await startLetterQueues();
    directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    project = join(directory, 'project');
    installed = join(project, 'node_modules/personalize-users');
    await buildPackage(join(directory, 'built'));
    pack();
    writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true });
    await queues.stop();
  });

  /** As `npm install FILE.tgz` would, with the packages that it depends on from this project, and no network. */
  function pack(): void {
    mkdirSync(installed, { recursive: true });
    const packed = spawnSync('npm', ['pack', '--json', '--offline', '--pack-destination', directory], {
      cwd: join(directory, 'built'),
      encoding: 'utf8',
    });
    const [{ filename }] = JSON.parse(packed.stdout);
    spawnSync('tar', ['-xzf', join(directory, filename), '--strip-components=1', '-C', installed]);
    const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) {
      const link = join(project, 'node_modules', name);
      mkdirSync(dirname(link), { recursive: true });
      symlinkSync(join(NODE_MODULES, name), link);
    }
  }

  function run(...args: string[]): Promise<ProgramResult> {
    return runProgram(process.execPath, args, { cwd: project, env: NO_AWS });
  }

  test('sends users from a program', async () => {
    writeFileSync(
      join(project, 'main.js'),
      `import { SQSClient } from '@aws-sdk/client-sqs';
       import { UserProducer } from 'personalize-users/producer';
       const [queueUrl, endpoint] = process.argv.slice(2);
       await using producer = new UserProducer({ queueUrl, client: new SQSClient({ endpoint }) });
       console.log(JSON.stringify(await producer.sendAll([{ userId: 'a', properties: { age: 31 } }, { userId: '' }])));`,
    );
    const result = await run('main.js', queues.users.url, queues.sqs.endpoint);
    expect(result).toMatchObject({ code: 0 });
    expect(JSON.parse(result.stdout)).toMatchObject({ sent: 1, refused: 1 });
    expect(await queues.takeUsers()).toMatchObject([{ body: '{"userId":"a","properties":{"age":31}}' }]);
  });

  test('has the command line', async () => {
    writeFileSync(join(project, 'users.csv'), 'USER_ID\nb\n');
    const result = await run(join(installed, 'cli.js'), 'send', 'users.csv', '--world', queues.worldFile);
    expect(result).toMatchObject({ code: 0, stdout: expect.stringContaining('Sent 1 user of users.csv') });
  });

  test('has types that keep a program to the properties that it says its users have', async () => {
    writeFileSync(
      join(project, 'typed.ts'),
      `import { type SendReport, UserProducer } from 'personalize-users/producer';
       interface Member { age?: number; genres: string[] }
       const producer = new UserProducer<Member>({ queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users' });
       const report: SendReport = await producer.sendAll([{ userId: 'a', properties: { genres: ['Crime'] } }]);
       const sent: number = report.sent;
       // @ts-expect-error an age is a number
       await producer.send({ userId: 'a', properties: { age: '31', genres: [] } });
       // @ts-expect-error there is no such property
       await producer.send({ userId: 'a', properties: { genres: [], shoeSize: 9 } });
       // @ts-expect-error a date is no property
       new UserProducer<{ since: Date }>({ queueUrl: '' });
       // @ts-expect-error
       const wrong: string = sent;`,
    );
    const options = ['--strict', '--noEmit', '--target', 'es2024', '--module', 'nodenext', '--skipLibCheck'];
    const types = ['--typeRoots', join(NODE_MODULES, '@types'), '--types', 'node'];
    const result = await runProgram(join(NODE_MODULES, '.bin/tsc'), [...options, ...types, 'typed.ts'], {
      cwd: project,
    });
    expect(result).toMatchObject({ code: 0, stdout: '' });
  });
});
