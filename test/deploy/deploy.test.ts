/** Deploys as the README says, with the CDK's own command line, and reads back what is there. */
import { CloudFormationClient, DescribeStacksCommand, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
} from '@aws-sdk/client-iam';
import {
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  LambdaClient,
  ListEventSourceMappingsCommand,
} from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { userVersionsIn } from '../../lambda/aws/user-versions.ts';
import { CLIENT, DATASET_ARN } from './account.ts';
import { cdk } from './command-line.ts';
import { readPhysicalIds } from './physical-ids.ts';

jest.setTimeout(600_000);

const SETTINGS = ['-c', `datasetArn=${DATASET_ARN}`];

const cloudFormation = new CloudFormationClient(CLIENT);
const iam = new IAMClient(CLIENT);
const lambda = new LambdaClient(CLIENT);
const dynamoDb = new DynamoDBClient(CLIENT);
/** Queue URLs are AWS's own even in moto, and the client would go there. */
const sqs = new SQSClient({ ...CLIENT, useQueueUrlAsEndpoint: false });

let queueUrl: string;
let queueArn: string;
let deadLetterQueueUrl: string;
let deadLetterQueueArn: string;
let functionName: string;

beforeAll(async () => {
  await cdk('bootstrap', ...SETTINGS);
  await cdk('deploy', ...SETTINGS);
  const physicalId = await readPhysicalIds('PersonalizeUsers');
  queueUrl = physicalId('AWS::SQS::Queue', 'UsersQueue');
  deadLetterQueueUrl = physicalId('AWS::SQS::Queue', 'DeadLetterQueue');
  functionName = physicalId('AWS::Lambda::Function');
  queueArn = (await queueAttributes(queueUrl)).QueueArn!;
  deadLetterQueueArn = (await queueAttributes(deadLetterQueueUrl)).QueueArn!;
});

describe('npx cdk deploy -c datasetArn=...', () => {
  test('makes a users queue that keeps, hides and redrives messages', async () => {
    const attributes = await queueAttributes(queueUrl);
    expect(attributes).toMatchObject({
      MessageRetentionPeriod: '1209600',
      VisibilityTimeout: '79',
      SqsManagedSseEnabled: 'true',
    });
    expect(JSON.parse(attributes.RedrivePolicy!)).toEqual({
      deadLetterTargetArn: deadLetterQueueArn,
      maxReceiveCount: 10,
    });
  });

  test('makes a dead-letter queue that keeps messages for 14 days', async () => {
    expect(await queueAttributes(deadLetterQueueUrl)).toMatchObject({
      MessageRetentionPeriod: '1209600',
      SqsManagedSseEnabled: 'true',
    });
  });

  test('makes a function with its settings', async () => {
    const configuration = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    expect(configuration).toMatchObject({
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Timeout: 13,
      MemorySize: 512,
    });
    expect(configuration.Environment?.Variables).toEqual({
      DATASET_ARN,
      QUEUE_URL: queueUrl,
      DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
      MAX_RECEIVE_COUNT: '10',
      REQUESTS_PER_SECOND: '10',
      MAX_CONCURRENCY: '2',
      MAX_PROPERTIES_LENGTH: '24000',
      BACKOFF_BASE_SECONDS: '2',
      BACKOFF_MAX_SECONDS: '900',
      TIMEOUT_SECONDS: '13',
      POWERTOOLS_SERVICE_NAME: 'personalize-users',
      POWERTOOLS_METRICS_NAMESPACE: 'PersonalizeUsers',
      POWERTOOLS_LOG_LEVEL: 'INFO',
      NODE_OPTIONS: '--enable-source-maps',
    });
  });

  test('asks for Graviton, which moto does not report back', async () => {
    const { TemplateBody } = await cloudFormation.send(new GetTemplateCommand({ StackName: 'PersonalizeUsers' }));
    const resources: { Type: string; Properties: Record<string, unknown> }[] = Object.values(
      JSON.parse(TemplateBody!).Resources,
    );
    const fn = resources.find(({ Type }) => Type === 'AWS::Lambda::Function');
    expect(fn?.Properties.Architectures).toEqual(['arm64']);
  });

  test('uploads the bundle', async () => {
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: functionName }));
    const { CodeSize } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    expect(Code?.RepositoryType).toBe('S3');
    expect(CodeSize).toBeGreaterThan(50_000);
  });

  test('connects the queue to the function', async () => {
    const { EventSourceMappings } = await lambda.send(
      new ListEventSourceMappingsCommand({ FunctionName: functionName }),
    );
    expect(EventSourceMappings).toEqual([
      expect.objectContaining({
        EventSourceArn: queueArn,
        FunctionArn: expect.stringContaining(`:function:${functionName}`),
        State: 'Enabled',
        BatchSize: 50,
        MaximumBatchingWindowInSeconds: 1,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
        ScalingConfig: { MaximumConcurrency: 2 },
      }),
    ]);
  });

  test('gives the function a role that allows what it needs, and no more', async () => {
    const { Role } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
    const RoleName = Role!.split('/').at(-1);
    const { PolicyNames } = await iam.send(new ListRolePoliciesCommand({ RoleName }));
    const { AttachedPolicies } = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }));
    expect(AttachedPolicies).toEqual([]);
    expect(PolicyNames).toHaveLength(1);
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: PolicyNames![0] }));
    expect(JSON.parse(decodeURIComponent(PolicyDocument!)).Statement).toEqual([
      { Sid: 'PutUsers', Effect: 'Allow', Action: 'personalize:PutUsers', Resource: DATASET_ARN },
      {
        Sid: 'ConsumeUsers',
        Effect: 'Allow',
        Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        Resource: queueArn,
      },
      { Sid: 'SendDeadLetters', Effect: 'Allow', Action: 'sqs:SendMessage', Resource: deadLetterQueueArn },
      {
        Sid: 'WriteLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: expect.stringMatching(
          /^arn:aws:logs:eu-west-1:123456789012:log-group:PersonalizeUsers-UsersLogGroup/,
        ),
      },
    ]);
  });
});

describe('another deployment', () => {
  test('of the same changes nothing', async () => {
    expect(await cdk('deploy', ...SETTINGS)).toContain('PersonalizeUsers (no changes)');
  });

  test('beside the first takes other settings', async () => {
    const settings = [
      'stackName=Second',
      'requestsPerSecond=4',
      'batchSize=20',
      'maxReceiveCount=3',
      'memoryInMiB=256',
    ];
    await cdk('deploy', ...SETTINGS, ...settings.flatMap((setting) => ['-c', setting]));
    const physicalId = await readPhysicalIds('Second');
    const { VisibilityTimeout, RedrivePolicy } = await queueAttributes(physicalId('AWS::SQS::Queue', 'UsersQueue'));
    expect({ VisibilityTimeout, ...JSON.parse(RedrivePolicy!) }).toMatchObject({
      VisibilityTimeout: '79',
      maxReceiveCount: 3,
    });
    const FunctionName = physicalId('AWS::Lambda::Function');
    expect(await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }))).toMatchObject({
      MemorySize: 256,
      Timeout: 13,
      Environment: { Variables: { REQUESTS_PER_SECOND: '4', MAX_RECEIVE_COUNT: '3' } },
    });
  });

  test('with the order guard has a table, and keeps the order by it', async () => {
    await cdk('deploy', ...SETTINGS, '-c', 'stackName=Guarded', '-c', 'orderGuard=true');
    const physicalId = await readPhysicalIds('Guarded');
    const TableName = physicalId('AWS::DynamoDB::Table');
    const { Table } = await dynamoDb.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [{ AttributeName: 'user', KeyType: 'HASH' }],
    });
    const FunctionName = physicalId('AWS::Lambda::Function');
    const { Environment } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
    const { ORDER_TABLE_NAME, ORDER_SALT } = Environment!.Variables!;
    expect(ORDER_TABLE_NAME).toBe(TableName);
    const versions = userVersionsIn({ tableName: TableName, salt: ORDER_SALT! }, dynamoDb);
    const [at, within] = [{ userId: 'a', owner: 'me', now: 1000, until: 2000 }, { timeoutInMilliseconds: 20_000 }];
    expect(await versions.lease([{ ...at, version: 7n }], within)).toMatchObject([{ kind: 'leased' }]);
    expect(await versions.end([{ ...at, delivered: 7n }], within)).toEqual([{ kind: 'ended' }]);
    expect(await versions.lease([{ ...at, version: 6n }], within)).toEqual([
      { kind: 'refused', stored: { delivered: 7n } },
    ]);
  });

  test('says where the queues and the function are', async () => {
    // moto has no outputs for a stack that came as a change set.
    await cdk('deploy', ...SETTINGS, '-c', 'stackName=Third', '--method', 'direct');
    const physicalId = await readPhysicalIds('Third');
    expect(await readOutputs('Third')).toEqual({
      QueueUrl: physicalId('AWS::SQS::Queue', 'UsersQueue'),
      QueueArn: expect.stringMatching(/^arn:aws:sqs:eu-west-1:123456789012:Third-UsersQueue/),
      DeadLetterQueueUrl: physicalId('AWS::SQS::Queue', 'DeadLetterQueue'),
      DatasetArn: DATASET_ARN,
      DeadLetterQueueArn: expect.stringMatching(/^arn:aws:sqs:eu-west-1:123456789012:Third-UsersDeadLetterQueue/),
      FunctionName: physicalId('AWS::Lambda::Function'),
      AlarmTopicArn: expect.stringMatching(/^arn:aws:sns:eu-west-1:123456789012:Third/),
      DashboardUrl: expect.stringContaining('cloudwatch'),
      Settings: expect.stringContaining('"requestsPerSecond":'),
    });
  });
});

async function readOutputs(StackName: string): Promise<Record<string, string>> {
  const { Stacks } = await cloudFormation.send(new DescribeStacksCommand({ StackName }));
  return Object.fromEntries(Stacks![0]!.Outputs!.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
}

async function queueAttributes(QueueUrl: string): Promise<Record<string, string>> {
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }));
  return Attributes!;
}
