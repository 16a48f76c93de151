/** The examples of docs/producers.md for the AWS CLI and for Python, from the very text of the page. */
import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import type { World } from '../../local/world.ts';
import { exampleNamed, examplesIn } from '../docs/examples.ts';
import { createReaderProject, environmentFor, mustSucceed } from '../docs/reader-project.ts';
import { watchSources } from '../docs/sources-of.ts';
import { USER_IDS } from '../docs/user-ids.ts';
import { startScriptedServer } from '../support/scripted-server.ts';
import { type Assembly, synthesizeOnce, untilEmpty } from '../support/world.ts';

jest.setTimeout(120_000);

const EXAMPLES = examplesIn(readFileSync(new URL('../../docs/producers.md', import.meta.url), 'utf8'));

/** What the examples call a load. */
const LOAD = 'backfill-2026-11-26';

const project = createReaderProject();
afterAll(() => project.remove());
let world: World;
afterEach(() => world?.stop());

beforeAll(async () => {
  await mustBeThere('aws', ['--version'], 'pip install awscli');
  await mustBeThere('python3', ['-c', 'import boto3'], 'pip install boto3');
});

describe('with a standard queue', () => {
  let assembly: Assembly;
  beforeAll(async () => {
    assembly = await synthesizeOnce();
  });
  afterAll(() => assembly.remove());

  test('the AWS CLI sends one user', async () => {
    world = await assembly.start();
    mustSucceed(await runShell('cli'));
    await untilEmpty(world);
    expect([...world.users.values()]).toEqual([
      { userId: 'user-0042', properties: { age: 31, membershipType: 'Premium' } },
    ]);
  });

  test('the AWS CLI sends one user, with a source', async () => {
    const sources = watchSources();
    world = await assembly.start(sources);
    mustSucceed(await runShell('cli-source'));
    expect(await sources.of(1)).toEqual({ [LOAD]: 1 });
    expect([...world.users.values()]).toEqual([{ userId: 'user-0042', properties: { age: 31 } }]);
  });

  test('the AWS CLI publishes one user to a topic, with a source', async () => {
    world = await assembly.start();
    const requests: URLSearchParams[] = [];
    const sns = await startScriptedServer((_, response, body) => {
      requests.push(new URLSearchParams(body));
      response.setHeader('content-type', 'text/xml');
      response.end('<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>');
    });
    const topicArn = 'arn:aws:sns:eu-west-1:123456789012:Members';
    const published = await runShell('sns-source', { AWS_ENDPOINT_URL_SQS: sns.endpoint, TOPIC_ARN: topicArn });
    await sns.stop();
    mustSucceed(published);
    expect(requests.map((request) => Object.fromEntries(request))).toEqual([
      expect.objectContaining({
        Action: 'Publish',
        TopicArn: topicArn,
        MessageGroupId: 'members-import',
        Message: '{"userId": "user-0042", "properties": {"age": 31}}',
      }),
    ]);
  });

  test('the AWS CLI sends several messages, of one user and of two, with a source', async () => {
    const sources = watchSources();
    world = await assembly.start(sources);
    mustSucceed(await runShell('cli-batch'));
    await untilEmpty(world);
    expect([...world.users.keys()].toSorted()).toEqual(['user-0042', 'user-0043', 'user-0044']);
    expect(world.state().deadLetters).toBe(0);
    expect(await sources.of(2)).toEqual({ [LOAD]: 2 });
  });

  test('the shell tells when an entry failed, although the AWS CLI does not', async () => {
    world = await assembly.start();
    failEntries(world, 1);
    expect(await runShell('cli-batch')).toEqual({ exitCode: 1, output: '' });
    expect(world.state().left).toBe(0);
  });

  test('Python sends a load with its source, and again what failed of a batch', async () => {
    const sources = watchSources();
    world = await assembly.start(sources);
    failEntries(world, 0.3);
    expect(await runPython()).toEqual({ exitCode: 0, output: '' });
    expect(world.sqs.faultCounts().failedEntries).toBeGreaterThan(0);
    await untilEmpty(world);
    expect(world.users.size).toBe(25);
    expect(world.users.get('user-24')).toEqual({ userId: 'user-24', properties: { age: 44 } });
    expect(await sources.of(25)).toEqual({ [LOAD]: 25 });
  });

  test('Python says so when it gives up', async () => {
    world = await assembly.start();
    const { exitCode, output } = await runPython({ QUEUE_URL: `${world.endpoints.queueUrl}-not` });
    expect(exitCode).toBe(1);
    expect(output).toContain('QueueDoesNotExist');
  });
});

describe('with a FIFO queue', () => {
  let assembly: Assembly;
  beforeAll(async () => {
    assembly = await synthesizeOnce({ fifo: 'true' });
  });
  afterAll(() => assembly.remove());

  test('the AWS CLI sends one user, once', async () => {
    world = await assembly.start();
    mustSucceed(await runShell('cli-fifo'));
    await untilEmpty(world);
    expect([...world.users.values()]).toEqual([{ userId: 'user-0042', properties: { age: 31 } }]);

    mustSucceed(await runShell('cli-fifo'));
    await untilEmpty(world);
    expect(world.state().calls).toBe(1);
  });
});

test('Python has the same group of a user as our own programs', async () => {
  const program = `${exampleNamed(EXAMPLES, 'group-python')}\nimport json, sys\nfor each in json.loads(sys.argv[1]):\n    print(group_of(each))\n`;
  project.write('group.py', program);
  expect(await project.run('python3', ['group.py', JSON.stringify(USER_IDS)])).toEqual({
    exitCode: 0,
    output: `${USER_IDS.map((userId) => groupOfUser({ userId })).join('\n')}\n`,
  });
});

/** Version 1 of the CLI takes the endpoint of SQS from nothing but this option. */
const LOCAL_AWS = 'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL_SQS" "$@"; }\n';

function runShell(name: string, env: Readonly<Record<string, string>> = {}) {
  return project.run('sh', ['-c', LOCAL_AWS + exampleNamed(EXAMPLES, name)], { ...environmentFor(world), ...env });
}

function runPython(env: Readonly<Record<string, string>> = {}) {
  project.write('send_users.py', exampleNamed(EXAMPLES, 'python'));
  return project.run('python3', ['send_users.py'], { ...environmentFor(world), ...env });
}

/** Has a share of the entries of each batch fail. */
function failEntries({ sqs, endpoints }: World, entriesFailed: number): void {
  sqs.setFaults([{ action: 'SendMessageBatch', queueUrl: endpoints.queueUrl, entriesFailed }], 1);
}

async function mustBeThere(command: string, args: readonly string[], howToInstall: string): Promise<void> {
  const { exitCode } = await project.run(command, args).catch(() => ({ exitCode: undefined }));
  if (exitCode !== 0) throw new Error(`${command} ${args.join(' ')} does not work; install it: ${howToInstall}`);
}
