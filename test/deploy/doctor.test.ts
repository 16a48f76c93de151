/** `doctor` on what the CDK's own command line has deployed, as moto plays it; Personalize, which moto has not, is a server of the test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  PutMetricAlarmCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { DisableKeyCommand, KMSClient, PutKeyPolicyCommand } from '@aws-sdk/client-kms';
import {
  LambdaClient,
  ListEventSourceMappingsCommand,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { type BulkAws, startBulkAws } from '../cli/support/bulk-aws.ts';
import { awsAt, runCli } from '../cli/support/run-cli.ts';
import { ACCOUNT, CLIENT, DATASET_ARN } from './account.ts';
import { ASSEMBLY, cdk } from './command-line.ts';
import { readPhysicalIds } from './physical-ids.ts';

jest.setTimeout(600_000);

const STACK = 'Examined';
const SETTINGS = [
  '-c',
  `datasetArn=${DATASET_ARN}`,
  '-c',
  `stackName=${STACK}`,
  '-c',
  'orderGuard=true',
  '-c',
  'encryption=customer-managed',
  '-c',
  'schemaFile=test/docs/users-schema.avsc',
];

const lambda = new LambdaClient(CLIENT);
const kms = new KMSClient(CLIENT);
const cloudWatch = new CloudWatchClient(CLIENT);
const dynamoDb = new DynamoDBClient(CLIENT);
const sqs = new SQSClient({ ...CLIENT, useQueueUrlAsEndpoint: false });
let personalize: BulkAws;
let schema: string;
let status = 'ACTIVE';
let physicalId: Awaited<ReturnType<typeof readPhysicalIds>>;

beforeAll(async () => {
  schema = readFileSync('test/docs/users-schema.avsc', 'utf8');
  personalize = await startBulkAws({
    DescribeDataset: () => ({
      output: { dataset: { datasetArn: DATASET_ARN, schemaArn: 'arn:schema', status, datasetType: 'USERS' } },
    }),
    DescribeSchema: () => ({ output: { schema: { schema } } }),
    ListServiceQuotas: () => ({ output: { Quotas: [] } }),
  });
  await cdk('bootstrap', '-c', `datasetArn=${DATASET_ARN}`);
  // moto has no outputs for a stack that came as a change set.
  await cdk('deploy', ...SETTINGS, '--method', 'direct');
  physicalId = await readPhysicalIds(STACK);
  await putWhatMotoLeavesOut();
});
afterAll(async () => {
  for (const client of [lambda, kms, cloudWatch, sqs, dynamoDb]) client.destroy();
  await personalize?.stop();
});

/** moto makes no alarms of a template, attaches no policy to its queues, keeps a key's as an object, and no time to live. */
async function putWhatMotoLeavesOut(): Promise<void> {
  const { Resources } = JSON.parse(readFileSync(join(ASSEMBLY, `${STACK}.template.json`), 'utf8')) as {
    Resources: Record<
      string,
      { Type: string; Properties: { Queues: { Ref: string }[]; PolicyDocument: object; AlarmName: string } }
    >;
  };
  for (const { Type, Properties } of Object.values(Resources)) {
    if (Type === 'AWS::CloudWatch::Alarm') await putAlarm(Properties.AlarmName);
    if (Type !== 'AWS::SQS::QueuePolicy') continue;
    await sqs.send(
      new SetQueueAttributesCommand({
        QueueUrl: physicalId('AWS::SQS::Queue', Properties.Queues[0]!.Ref),
        Attributes: { Policy: JSON.stringify(Properties.PolicyDocument) },
      }),
    );
  }
  const allow = (Principal: object) => ({ Effect: 'Allow', Action: 'kms:*', Principal, Resource: '*' });
  const Statement = [allow({ AWS: `arn:aws:iam::${ACCOUNT}:root` }), allow({ Service: 'cloudwatch.amazonaws.com' })];
  const KeyId = physicalId('AWS::KMS::Key');
  await kms.send(new PutKeyPolicyCommand({ KeyId, PolicyName: 'default', Policy: JSON.stringify({ Statement }) }));
  await dynamoDb.send(
    new UpdateTimeToLiveCommand({
      TableName: physicalId('AWS::DynamoDB::Table'),
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
    }),
  );
}

const putAlarm = (AlarmName: string) =>
  cloudWatch.send(
    new PutMetricAlarmCommand({
      ...{ AlarmName, AlarmActions: [`arn:aws:sns:eu-west-1:${ACCOUNT}:topic`], ActionsEnabled: true },
      ...{ MetricName: 'a', Namespace: 'a', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1 },
      ComparisonOperator: 'GreaterThanThreshold',
    }),
  );

const doctor = async () => {
  const { stdout, stderr } = await runCli(['doctor', '--stack', STACK, '--json'], {
    ...awsAt(CLIENT.endpoint!),
    AWS_ENDPOINT_URL_PERSONALIZE: personalize.endpoint,
    AWS_ENDPOINT_URL_SERVICE_QUOTAS: personalize.endpoint,
  });
  if (stdout === '') throw new Error(stderr);
  const { findings } = JSON.parse(stdout) as {
    findings: { check: string; verdict: string; problems: { says: string }[] }[];
  };
  return Object.fromEntries(
    findings.map(({ check, verdict, problems }) => [check, [verdict, ...problems.map(({ says }) => says)].join(' ')]),
  );
};

test('what was just deployed is well, but for the topic that nobody has subscribed to', async () => {
  expect(await doctor()).toEqual({
    Stack: 'ok',
    'Event source mapping': 'ok',
    Function: 'ok',
    Concurrency: 'ok',
    'Users queue': 'ok',
    'Dead-letter queue': 'ok',
    'Encryption key': 'ok',
    Dataset: 'ok',
    Schema: 'ok',
    'Order table': 'ok',
    Alarms: 'ok',
    'Alarm topic': expect.stringMatching(/^warning Nobody hears of alarms: .* has no subscriber\.$/),
    Quota: 'ok',
    Clock: 'ok',
  });
});

test('what was changed by hand is told of, each thing by its check', async () => {
  const FunctionName = physicalId('AWS::Lambda::Function', 'UsersFunction');
  const { EventSourceMappings } = await lambda.send(new ListEventSourceMappingsCommand({ FunctionName }));
  await lambda.send(
    new UpdateEventSourceMappingCommand({ UUID: EventSourceMappings![0]!.UUID, Enabled: false, BatchSize: 5 }),
  );
  await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 1 }));
  await lambda.send(
    new UpdateFunctionConfigurationCommand({ FunctionName, Environment: { Variables: { DATASET_ARN: 'other' } } }),
  );
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: physicalId('AWS::SQS::Queue', 'UsersQueue'),
      Attributes: { VisibilityTimeout: '30', MessageRetentionPeriod: '345600' },
    }),
  );
  await sqs.send(
    new SetQueueAttributesCommand({
      QueueUrl: physicalId('AWS::SQS::Queue', 'DeadLetterQueue'),
      Attributes: {
        Policy: JSON.stringify({ Statement: [{ Sid: 'All', Effect: 'Allow', Principal: '*', Action: 'sqs:*' }] }),
      },
    }),
  );
  await kms.send(new DisableKeyCommand({ KeyId: physicalId('AWS::KMS::Key') }));
  await cloudWatch.send(
    new SetAlarmStateCommand({
      ...{ AlarmName: `${STACK}-DeadLetters`, StateValue: 'ALARM', StateReason: 'because of the test' },
    }),
  );
  await cloudWatch.send(new DeleteAlarmsCommand({ AlarmNames: [`${STACK}-Throttling`] }));
  status = 'CREATE FAILED';
  schema = schema.replace(/"fields": \[/, '"fields": [{"name":"ADDED","type":"int"},');

  expect(await doctor()).toMatchObject({
    'Event source mapping': expect.stringMatching(/^failed It is Disabled: .*BatchSize is 5 and was \d+/),
    Function: expect.stringMatching(/^failed It was changed since it was deployed: .*DATASET_ARN/),
    Concurrency: expect.stringMatching(/^failed Only 1 of the function may run/),
    'Users queue': expect.stringMatching(/Its visibility timeout is 30 s.* It keeps messages for 4 days/),
    'Dead-letter queue': expect.stringMatching(/^failed Its policy does not refuse plain HTTP.* lets everybody in/),
    'Encryption key': expect.stringMatching(/^failed The key .* is Disabled/),
    Dataset: expect.stringMatching(/^failed It is CREATE FAILED/),
    Schema: expect.stringMatching(/^failed .*ADDED is not deployed/),
    Alarms: expect.stringMatching(
      /^failed They are gone: Examined-Throttling\. Examined-DeadLetters is on: because of the test/,
    ),
  });
});
