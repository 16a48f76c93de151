/** What goes wrong at a terminal: a sentence, what to do, an exit code, and no stack trace. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { awsAt, type CliResult, runCli } from '../support/run-cli.ts';
import { type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const QUEUES = {
  usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
};

function expectSentence(result: CliResult, code: number, ...parts: readonly (string | RegExp)[]): void {
  expect(result).toMatchObject({ code, stdout: '' });
  for (const part of parts) expect(result.stderr).toMatch(part);
  expect(result.stderr).not.toMatch(/^\s+at |defect/m);
}

describe('a command line that makes no sense', () => {
  test.each([
    [['statsu'], "unknown command 'statsu'"],
    [['dlq', 'list', '--sinc', '1h'], "unknown option '--sinc'"],
    [['dlq', 'list', '--since', 'yesterday'], 'It takes a duration like 30m, 2h or 3d'],
    [['dlq', 'replay', '--limit', '0'], 'It takes a whole number, 1 or more.'],
    [['dlq', 'replay', '--rate', 'fast'], 'It takes a number from 0.001 to 100000.'],
    [['dlq', 'replay', '--rate', '0.0000001'], 'It takes a number from 0.001 to 100000.'],
    [['dlq', 'replay', '--rate', 'Infinity'], 'It takes a number from 0.001 to 100000.'],
    [['status', '--local', '--stack', 'Other'], "option '--local' cannot be used with option '--stack <name>'"],
    [['dlq', 'purge', '--yes'], 'dlq purge needs --exported FILE, or --user-id ID or --user-ids FILE.'],
    [['dlq', 'show'], "missing required argument 'id'\nSuch as: personalize-users dlq show "],
    [['dlq', 'export'], "missing required argument 'file'\nSuch as: personalize-users dlq export letters.jsonl\n"],
    [['status', 'now'], 'too many arguments'],
    [['status', '--watch', 'often'], 'It takes a number from 0.01 to 86400.'],
    [['status', '--watch', '3000000'], 'It takes a number from 0.01 to 86400.'],
  ])('%j is refused', async (args, sentence) => {
    expectSentence(await runCli(args), 2, sentence);
  });

  test('asks for nothing when help is wanted, and each command has examples', async () => {
    expect(await runCli(['--help'])).toMatchObject({ code: 0, stderr: '' });
    for (const command of [
      ['status'],
      ['dlq', 'list'],
      ['dlq', 'show'],
      ['dlq', 'export'],
      ['dlq', 'replay'],
      ['dlq', 'purge'],
    ]) {
      const { code, stdout } = await runCli([...command, '--help']);
      expect(code).toBe(0);
      expect(stdout).toMatch(new RegExp(`Examples:\n(.*\n)*  personalize-users ${command.join(' ')}`));
    }
  });
});

describe('AWS', () => {
  let aws: ScriptedAws | undefined;
  afterEach(async () => {
    await aws?.stop();
    aws = undefined;
  });

  test('without a region', async () => {
    expectSentence(await runCli(['status']), 1, 'error: No AWS region is set.', 'Give --region');
  });

  test('without credentials', async () => {
    const result = await runCli(['status'], { AWS_REGION: 'eu-west-1' });
    expectSentence(result, 1, 'error: There are no AWS credentials: ', '--profile');
  });

  test('with a profile that is not there', async () => {
    const result = await runCli(['status', '--profile', 'nobody', '--region', 'eu-west-1']);
    expectSentence(result, 1, 'error: The profile nobody has no AWS credentials: ');
  });

  test('that nobody can reach', async () => {
    const result = await runCli(['status'], awsAt('http://127.0.0.1:9'));
    expectSentence(result, 1, /error: cloudformation:DescribeStacks got no answer: .*ECONNREFUSED/);
  });

  test('without such a stack', async () => {
    aws = await startScriptedAws({});
    const result = await runCli(['status', '--stack', 'Other'], awsAt(aws.endpoint));
    expectSentence(result, 1, 'error: There is no stack Other in eu-west-1.', 'Give --stack, --region or --profile');
  });

  test('with a stack of another kind', async () => {
    aws = await startScriptedAws({}, { Other: { Url: 'x' } });
    const result = await runCli(['status', '--stack', 'Other'], awsAt(aws.endpoint));
    expectSentence(result, 1, 'error: The stack Other has no output QueueUrl.', 'deploy it again');
  });

  test('that lets the caller read no queue: which action, on which ARN', async () => {
    const message =
      'User: arn:aws:iam::123456789012:user/ann is not authorized to perform: sqs:getqueueattributes on resource: ' +
      'arn:aws:sqs:eu-west-1:123456789012:letters because no identity-based policy allows the sqs:getqueueattributes action';
    aws = await startScriptedAws(
      { GetQueueAttributes: () => ({ error: 'AccessDenied', status: 403, message }) },
      { PersonalizeUsers: stackOutputs(QUEUES) },
    );
    const result = await runCli(['dlq', 'list'], awsAt(aws.endpoint));
    expectSentence(
      result,
      1,
      'error: No permission for sqs:GetQueueAttributes on arn:aws:sqs:eu-west-1:123456789012:letters.',
      'user/ann',
    );
  });
});

describe('the embedded world', () => {
  test('that does not run', async () => {
    const result = await runCli(['status', '--world', '/nowhere/world.json']);
    expectSentence(result, 1, 'there is no /nowhere/world.json', 'npm start -- --serve');
  });

  test('that has ended without a word', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    const file = join(directory, 'world.json');
    const settings = { requestsPerSecond: 1, usersPerMessage: 1, maxReceiveCount: 1 };
    const more = { maxPropertiesLength: 1, visibilityTimeoutInSeconds: 1 };
    // No process has this number: Linux and macOS stop well below.
    const world = { pid: 2 ** 30, endpoints: { queueUrl: 'x' }, settings: { ...settings, ...more } };
    writeFileSync(file, JSON.stringify(world));
    const result = await runCli(['status', '--world', file]);
    rmSync(directory, { recursive: true });
    expectSentence(result, 1, 'process 1073741824 has ended', 'npm start -- --serve');
  });
});
