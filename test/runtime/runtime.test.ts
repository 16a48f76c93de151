/** What `cdk deploy` uploaded, under Lambda's own Node runtime, with the environment of the deployed function. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { judgeBatch } from '../../local/event-source-mapping/batch-verdict.ts';
import type { SqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import type { FunctionDefinition } from '../../local/lambda/function-definition.ts';
import { createFunctionService, type FunctionService } from '../../local/lambda/function-service.ts';
import { type PutUsersService, startPutUsersService } from '../../local/put-users/service.ts';
import { readUsersSchema } from '../../local/put-users/users-schema.ts';
import { CLIENT, DATASET_ARN } from '../deploy/account.ts';
import { ASSEMBLY, cdk } from '../deploy/command-line.ts';
import { users } from '../support/messages.ts';
import { until } from '../support/world.ts';
import { purge, receiveDeadLetters, sendAndReceive } from './deployed-queues.ts';
import { type Deployment, readDeployment } from './deployment.ts';

jest.setTimeout(300_000);

const { RUNTIME_CLIENT } = process.env;
if (!RUNTIME_CLIENT) throw new Error("These tests need Lambda's runtime: run them with `npm run test:runtime`.");

/** Longer than any time-out. */
const NEVER = { slow: 1, slowByInMilliseconds: 600_000 };

const SCHEMA = readUsersSchema(readFileSync('samples/users-schema.avsc', 'utf8'));

let deployment: Deployment;
let putUsers: PutUsersService;
let service: FunctionService;
let logLines: string[];

beforeAll(async () => {
  // A small batch may have a short time-out, which two of these tests wait for.
  const settings = [`datasetArn=${DATASET_ARN}`, 'batchSize=10', 'timeoutInSeconds=6'].flatMap((each) => ['-c', each]);
  await cdk('bootstrap', ...settings);
  await cdk('deploy', ...settings);
  deployment = await readDeployment('PersonalizeUsers');
});
afterAll(() => deployment?.remove());

beforeEach(async () => {
  putUsers = await startPutUsersService({ datasets: [{ arn: DATASET_ARN, schema: SCHEMA }] });
  service = run(deployment.definition);
});
afterEach(async () => {
  await service?.stop();
  await putUsers?.stop();
  if (deployment) await purge(deployment);
});

/** The function, at most one environment of it. On top of its own variables come credentials and where AWS is. */
function run(definition: FunctionDefinition): FunctionService {
  const lines: string[] = [];
  logLines = lines;
  return createFunctionService(definition, {
    maxConcurrency: 1,
    command: [process.execPath, RUNTIME_CLIENT!],
    onLog: (line) => lines.push(line),
    extraVariables: {
      AWS_ACCESS_KEY_ID: CLIENT.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: CLIENT.credentials.secretAccessKey,
      AWS_ENDPOINT_URL_SQS: CLIENT.endpoint,
      AWS_ENDPOINT_URL_PERSONALIZE_EVENTS: putUsers.endpoint,
    },
  });
}

describe('the uploaded zip', () => {
  test('is what the function was made from', () => {
    expect(deployment.zipSha256).toBe(deployment.functionSha256);
  });

  test('has in it what was synthesized, file by file', () => {
    const asset = join(ASSEMBLY, `asset.${deployment.assetKey.replace(/\.zip$/, '')}`);
    expect(filesOf(deployment.definition.codeDirectory)).toEqual(filesOf(asset));
  });
});

describe("the function, under Lambda's own runtime", () => {
  test('initialises, delivers a batch, and then another in the same process', async () => {
    const first = await sendAndReceive(deployment, users(10));
    expect(await service.invoke({ Records: first })).toMatchObject(success([]));
    expect(putUsers.statistics().calls).toBe(1);
    const [environment] = service.environments;

    const second = await sendAndReceive(deployment, [{ users: users(25, 'packed') }]);
    expect(await service.invoke({ Records: second })).toMatchObject(success([]));
    expect(service.environments).toEqual([environment]);
    expect(usersInDataset().size).toBe(35);
    expect(usersInDataset().get('packed-24')).toEqual({ userId: 'packed-24', properties: { age: 24 } });
  });

  test('dead-letters the user that PutUsers refuses, with the reason, and delivers the others of the same call', async () => {
    const records = await sendAndReceive(deployment, [...users(9), { userId: 'bad', properties: { agee: 7 } }]);
    const result = await service.invoke({ Records: records });
    expect(result).toMatchObject(success([]));
    expect([...usersInDataset().keys()].sort()).toEqual(users(9).map(({ userId }) => userId));

    const letters = await receiveDeadLetters(deployment);
    expect(letters).toHaveLength(1);
    expect(letters[0]).toMatchObject({
      Body: '{"userId":"bad","properties":{"agee":7}}',
      MessageAttributes: {
        ErrorCode: { StringValue: 'InvalidInputException' },
        ErrorMessage: { StringValue: expect.stringContaining('agee') },
        RequestID: { StringValue: result.requestId },
        SourceMessageId: { StringValue: records[9]!.messageId },
      },
    });
  });

  test('names only the message that may still succeed, which then does', async () => {
    putUsers.setStatus(DATASET_ARN, 'UPDATING');
    const records = await sendAndReceive(deployment, [{ userId: 'soon' }, { userId: '' }]);
    const [soon, broken] = records;
    const result = await service.invoke({ Records: records });
    expect(result).toMatchObject(success([soon!]));
    expect(judge(records, result)).toEqual({
      kind: 'partlyFailed',
      deleted: [broken!.messageId],
      failed: [soon!.messageId],
    });
    expect(await receiveDeadLetters(deployment)).toMatchObject([
      { Body: '{"userId":""}', MessageAttributes: { ErrorCode: { StringValue: 'MessageContractViolation' } } },
    ]);

    putUsers.setStatus(DATASET_ARN, 'ACTIVE');
    expect(await service.invoke({ Records: [soon] })).toMatchObject(success([]));
    expect([...usersInDataset().keys()]).toEqual(['soon']);
    const warnings = (await logged()).filter(({ level }) => level !== 'INFO' && level !== undefined);
    expect(warnings).toEqual([expect.objectContaining({ level: 'WARN', message: 'Message rejected' })]);
  });

  test('does not initialise without its dataset, says so, and keeps the batch', async () => {
    const { DATASET_ARN: _, ...environment } = deployment.definition.environment;
    service = run({ ...deployment.definition, environment });
    const records = await sendAndReceive(deployment, users(2));
    const result = await service.invoke({ Records: records });
    expect(result).toMatchObject({
      kind: 'functionError',
      cause: 'init',
      errorType: 'ConfigurationError',
      errorMessage: "The function's environment is not usable: DATASET_ARN is not set.",
    });
    expect(judge(records, result)).toMatchObject({ kind: 'failed', failed: idsOf(records) });
  });

  test('responds before its time-out when PutUsers does not answer, and names every message', async () => {
    putUsers.setFaults(NEVER);
    const records = await sendAndReceive(deployment, users(10));
    const result = await service.invoke({ Records: records });
    expect(result).toMatchObject(success(records));
    expect(putUsers.statistics().calls).toBe(1);
    expect(service.environments).toHaveLength(1);
    expect(await logged()).toContainEqual(
      expect.objectContaining({
        message: 'Batch settled',
        users: { delivered: 0, superseded: 0, rejected: 0, retried: 10 },
      }),
    );
  });

  test('is killed when it does not respond in time, and the batch is handled by a new process', async () => {
    putUsers.setFaults(NEVER);
    const records = await sendAndReceive(deployment, users(10));
    const invocation = service.invoke({ Records: records });
    await until(() => putUsers.statistics().calls > 0);
    const [stuck] = service.environments;
    process.kill(stuck!.pid, 'SIGSTOP');
    const result = await invocation;
    expect(result).toMatchObject({
      kind: 'functionError',
      cause: 'timeout',
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 6.00 seconds'),
    });
    expect(judge(records, result)).toMatchObject({ kind: 'failed', failed: idsOf(records) });
    expect(service.environments).toEqual([]);

    putUsers.setFaults({});
    expect(await service.invoke({ Records: records })).toMatchObject(success([]));
    expect(usersInDataset().size).toBe(10);
    expect(service.environments[0]!.pid).not.toBe(stuck!.pid);
  });

  test('writes JSON, a line an entry, and its metrics as Embedded Metric Format', async () => {
    const records = await sendAndReceive(deployment, [...users(9), { userId: '' }]);
    const { requestId } = await service.invoke({ Records: records });
    const entries = await logged();
    expect(entries).toContainEqual(
      expect.objectContaining({
        level: 'INFO',
        service: 'personalize-users',
        message: 'Batch settled',
        function_request_id: requestId,
        users: { delivered: 9, superseded: 0, rejected: 1, retried: 0 },
      }),
    );

    const metrics = entries.filter((entry) => '_aws' in entry);
    expect(metrics).toHaveLength(2);
    expect(metrics).toContainEqual(
      expect.objectContaining({ ErrorCode: 'MessageContractViolation', DeadLetters: 1, service: 'personalize-users' }),
    );
    const { _aws, ...values } = metrics.find((entry) => 'UsersDelivered' in entry) as unknown as EmbeddedMetrics;
    expect(values).toMatchObject({ service: 'personalize-users', UsersDelivered: 9, UsersRejected: 1 });
    expect(_aws).toEqual({
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [
        {
          Namespace: 'PersonalizeUsers',
          Dimensions: [['service', 'function_name']],
          Metrics: expect.arrayContaining([{ Name: 'UsersDelivered', Unit: 'Count' }]),
        },
      ],
    });
    const [{ Metrics }] = _aws.CloudWatchMetrics;
    expect(Metrics.map(({ Name }) => typeof values[Name])).toEqual(Metrics.map(() => 'number'));
  });
});

interface EmbeddedMetrics extends Readonly<Record<string, unknown>> {
  readonly _aws: { readonly CloudWatchMetrics: readonly [{ readonly Metrics: readonly { readonly Name: string }[] }] };
}

/** A response that reports these as failed and no others. */
function success(failed: readonly SqsRecord[]) {
  const batchItemFailures = idsOf(failed).map((itemIdentifier) => ({ itemIdentifier }));
  return { kind: 'success', payload: { batchItemFailures } };
}

/** What the event source mapping makes of a result. */
function judge(records: readonly SqsRecord[], result: Awaited<ReturnType<FunctionService['invoke']>>) {
  return judgeBatch(result, idsOf(records), true);
}

function idsOf(records: readonly SqsRecord[]): string[] {
  return records.map(({ messageId }) => messageId);
}

function usersInDataset() {
  return putUsers.users(DATASET_ARN);
}

/** Everything that was logged; the function is stopped first. A line that is not JSON fails the test. */
async function logged(): Promise<Record<string, unknown>[]> {
  await service.stop();
  return logLines.map((line) => JSON.parse(line));
}

/** The names of the files and what is in them, in short. */
function filesOf(directory: string): Record<string, string> {
  return Object.fromEntries(readdirSync(directory).map((name) => [name, digest(readFileSync(join(directory, name)))]));
}

function digest(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
