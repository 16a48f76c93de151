/** A deployment looks itself over: the embedded world, whole and broken; and a stack in AWS of which nothing may be read. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { announceWorld } from '../../../local/announce-world.ts';
import type { World } from '../../../local/world.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';
import { type Assembly, synthesizeOnce } from '../../support/world.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';
import { awsAt, runCli } from '../support/run-cli.ts';
import { stackOutputs } from '../support/scripted-aws.ts';

jest.setTimeout(180_000);

interface Document {
  readonly verdict: string;
  readonly findings: readonly {
    readonly check: string;
    readonly verdict: string;
    readonly problems: readonly { readonly says: string; readonly todo: string }[];
  }[];
}

const verdictsIn = (stdout: string) =>
  Object.fromEntries((JSON.parse(stdout) as Document).findings.map(({ check, verdict }) => [check, verdict]));

describe('the embedded world', () => {
  let assembly: Assembly;
  let world: World;
  let folder: string;
  let withdraw: () => Promise<void>;
  const file = () => join(folder, 'world.json');
  const doctor = (...args: readonly string[]) => runCli(['doctor', ...args, '--world', file()]);

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    assembly = await synthesizeOnce({ orderGuard: 'true' });
    world = await assembly.start();
    withdraw = await announceWorld(world, file());
  });
  afterAll(async () => {
    await withdraw?.();
    await world?.stop();
    assembly?.remove();
    rmSync(folder, { recursive: true });
  });

  test('is well', async () => {
    const { code, stdout } = await doctor();
    expect(stdout).toContain('5 ok, 0 with a warning, 0 failed.');
    expect(code).toBe(0);
    expect(verdictsIn((await doctor('--json')).stdout)).toEqual({
      World: 'ok',
      'Users queue': 'ok',
      'Dead-letter queue': 'ok',
      Dataset: 'ok',
      'Order table': 'ok',
    });
  });

  test('is probed: a user gets into the dataset, and a broken message into the dead-letter queue and out of it', async () => {
    const { code, stdout } = await doctor('--probe', 'doctor-probe', '--yes', '--json');
    expect(verdictsIn(stdout)).toMatchObject({ 'Probe: user': 'ok', 'Probe: dead letter': 'ok' });
    expect(code).toBe(0);
    expect(world.users.get('doctor-probe')).toEqual({ userId: 'doctor-probe', properties: {} });
    expect(world.state()).toMatchObject({ left: 0, deadLetters: 0 });
  });

  test('is not probed without a yes', async () => {
    const { users } = world.state();
    expect(await doctor('--probe', 'other')).toMatchObject({ code: 4, stdout: '' });
    expect(world.state()).toMatchObject({ users });
  });

  test('fails if its table is gone, and goes on with the rest', async () => {
    const { settings, ...others } = JSON.parse(readFileSync(file(), 'utf8'));
    const broken = join(folder, 'broken.json');
    writeFileSync(broken, JSON.stringify({ ...others, settings: { ...settings, orderTable: 'Nowhere' } }));
    const { code, stdout } = await runCli(['doctor', '--json', '--world', broken]);
    expect(code).toBe(1);
    expect(verdictsIn(stdout)).toMatchObject({ 'Order table': 'failed', Dataset: 'ok', 'Users queue': 'ok' });
  });

  test('that is not there is what was found, with what to do', async () => {
    const { code, stdout } = await runCli(['doctor', '--json', '--world', join(folder, 'nowhere.json')]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdict: 'failed',
      findings: [{ check: 'Stack', problems: [{ todo: expect.stringContaining('npm start -- --serve') }] }],
    });
  });
});

describe('queues without anything around them', () => {
  let queues: LetterQueues;
  afterEach(() => queues.stop());

  test('are told of, each with what is wrong, as a table in the width of the terminal', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(2));
    const { code, stdout } = await runCli(['doctor', '--world', queues.worldFile]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/│ Users queue +│ failed +│ It has no dead-letter queue/);
    expect(stdout).toMatch(/│ Dead-letter queue +│ warning +│ About 2 dead letters are in it/);
    expect(stdout).toMatch(/│ Dataset +│ failed +│ PutUsers does not answer/);
    expect(stdout).toMatch(/-> Start the embedded world again/);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

describe('a stack in AWS', () => {
  let aws: ScriptedServer;
  afterEach(() => aws.stop());

  /** Only CloudFormation says where the stack is, once; whatever is asked besides is refused, as each protocol has it. */
  const refuseAll = async (outputs: Readonly<Record<string, string>>) => {
    let asked = 0;
    aws = await startScriptedServer((request, response, body) => {
      if (request.headers['x-amz-target'] === undefined && body.includes('Action=DescribeStacks') && asked++ === 0) {
        response.setHeader('content-type', 'text/xml');
        const members = Object.entries(outputs).map(
          ([key, value]) =>
            `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
        );
        response.end(
          `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>S</StackName><CreationTime>2030-01-01T00:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${members.join('')}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
        );
        return;
      }
      response.statusCode = 403;
      if (body.includes('Action=')) {
        response.setHeader('content-type', 'text/xml');
        response.end('<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>');
        return;
      }
      response.setHeader('content-type', String(request.headers['content-type'] ?? 'application/json'));
      response.setHeader('x-amzn-errortype', 'AccessDeniedException');
      response.end(JSON.stringify({ __type: 'AccessDeniedException', message: 'no' }));
    });
  };

  test('of which nothing may be read has a warning for each check, which names the permission', async () => {
    const outputs = stackOutputs({
      usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
      lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
    });
    const settings = { ...JSON.parse(outputs.Settings), orderTable: 'Versions', orderSalt: 'salt' };
    await refuseAll({
      ...outputs,
      Settings: JSON.stringify(settings),
      DatasetArn: 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS',
      AlarmTopicArn: 'arn:aws:sns:eu-west-1:123456789012:alarms',
      EncryptionKeyArn: 'arn:aws:kms:eu-west-1:123456789012:key/k',
    });
    const { code, stdout, stderr } = await runCli(['doctor', '--stack', 'S', '--json'], awsAt(aws.endpoint));
    expect(stderr).toBe('');
    const { findings, verdict } = JSON.parse(stdout) as Document;
    expect({ verdict, code }).toEqual({ verdict: 'warning', code: 3 });
    const named = Object.fromEntries(
      findings.map(({ check, problems }) => [check, /permission for ([\w:]+)/.exec(problems[0]?.says ?? '')?.[1]]),
    );
    expect(named).toEqual({
      Stack: 'cloudformation:DescribeStacks',
      'Event source mapping': 'lambda:ListEventSourceMappings',
      Function: 'lambda:GetFunctionConfiguration',
      Concurrency: 'lambda:GetFunctionConcurrency',
      'Users queue': 'sqs:GetQueueAttributes',
      'Dead-letter queue': 'sqs:GetQueueAttributes',
      'Encryption key': 'kms:DescribeKey',
      Dataset: 'personalize:DescribeDataset',
      Schema: 'personalize:DescribeDataset',
      'Order table': 'dynamodb:DescribeTable',
      Alarms: 'cloudwatch:DescribeAlarms',
      'Alarm topic': 'sns:ListSubscriptionsByTopic',
      Quota: 'servicequotas:ListServiceQuotas',
      Clock: undefined,
    });
  });
});
