import { describe, expect, test } from '@jest/globals';
import { SettingError } from '../../lib/setting.ts';
import { createStack, DATASET_ARN, resource, stackTemplate } from './support.ts';

const DAYS_14 = 14 * 24 * 60 * 60;

describe('the queues', () => {
  const template = stackTemplate();
  const queue = resource(template, 'AWS::SQS::Queue', 'UsersQueue');
  const deadLetterQueue = resource(template, 'AWS::SQS::Queue', 'DeadLetterQueue');

  test.each(['UsersQueue', 'DeadLetterQueue'])('%s keeps messages for 14 days, encrypted', (id) => {
    const { Properties } = resource(template, 'AWS::SQS::Queue', id);
    expect(Properties).toMatchObject({ MessageRetentionPeriod: DAYS_14, SqsManagedSseEnabled: true });
  });

  test.each(['UsersQueue', 'DeadLetterQueue'])('%s outlives the stack, unless it was never in use', (id) => {
    expect(resource(template, 'AWS::SQS::Queue', id)).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
  });

  test('what is received too often goes to the dead-letter queue', () => {
    expect(queue.Properties.RedrivePolicy).toEqual({
      deadLetterTargetArn: { 'Fn::GetAtt': [deadLetterQueue.id, 'Arn'] },
      maxReceiveCount: 10,
    });
    expect(deadLetterQueue.Properties.RedrivePolicy).toBeUndefined();
  });

  test('the users queue hides what was received for 6 timeouts and the batching window', () => {
    expect(queue.Properties.VisibilityTimeout).toBe(6 * 13 + 1);
  });
});

describe('the event source mapping', () => {
  const template = stackTemplate();

  test('takes batches from the users queue and leaves what the function reports as failed', () => {
    expect(resource(template, 'AWS::Lambda::EventSourceMapping').Properties).toEqual({
      EventSourceArn: { 'Fn::GetAtt': [resource(template, 'AWS::SQS::Queue', 'UsersQueue').id, 'Arn'] },
      FunctionName: { Ref: resource(template, 'AWS::Lambda::Function').id },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 1,
      ScalingConfig: { MaximumConcurrency: 2 },
    });
  });

  test('is what limits the concurrency: none is reserved', () => {
    expect(resource(template, 'AWS::Lambda::Function').Properties).not.toHaveProperty('ReservedConcurrentExecutions');
  });
});

describe('the function', () => {
  const template = stackTemplate();
  const { Properties } = resource(template, 'AWS::Lambda::Function');

  test('runs on the newest Node, on Graviton', () => {
    expect(Properties).toMatchObject({
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      Handler: 'index.handler',
      MemorySize: 512,
      Timeout: 13,
    });
  });

  test('is told what it needs in its environment', () => {
    expect(Properties.Environment).toEqual({
      Variables: {
        DATASET_ARN,
        QUEUE_URL: { Ref: resource(template, 'AWS::SQS::Queue', 'UsersQueue').id },
        DEAD_LETTER_QUEUE_URL: { Ref: resource(template, 'AWS::SQS::Queue', 'DeadLetterQueue').id },
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
      },
    });
  });

  test('logs to a group of its own, which is kept for 30 days', () => {
    const logGroup = resource(template, 'AWS::Logs::LogGroup');
    expect(Properties.LoggingConfig).toEqual({ LogGroup: { Ref: logGroup.id } });
    expect(logGroup.Properties).toEqual({ RetentionInDays: 30 });
  });
});

describe('with fifo', () => {
  const template = stackTemplate({ fifo: true });

  test.each(['UsersQueue', 'DeadLetterQueue'])('%s keeps the order per message group', (id) => {
    expect(resource(template, 'AWS::SQS::Queue', id).Properties).toMatchObject({
      FifoQueue: true,
      ContentBasedDeduplication: false,
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
  });

  test('batches are of at most 10 messages and wait for no window', () => {
    const { Properties } = resource(template, 'AWS::Lambda::EventSourceMapping');
    expect(Properties.BatchSize).toBe(10);
    expect(Properties).not.toHaveProperty('MaximumBatchingWindowInSeconds');
  });
});

describe('the stack', () => {
  test('says where its parts are', () => {
    const template = stackTemplate();
    const [queue, deadLetterQueue] = ['UsersQueue', 'DeadLetterQueue'].map(
      (id) => resource(template, 'AWS::SQS::Queue', id).id,
    );
    const outputs = Object.entries(template.findOutputs('*')).map(([name, { Value }]) => [name, Value]);
    const { Settings: _, ...parts } = Object.fromEntries(outputs);
    expect(parts).toEqual({
      DatasetArn: DATASET_ARN,
      QueueUrl: { Ref: queue },
      QueueArn: { 'Fn::GetAtt': [queue, 'Arn'] },
      DeadLetterQueueUrl: { Ref: deadLetterQueue },
      DeadLetterQueueArn: { 'Fn::GetAtt': [deadLetterQueue, 'Arn'] },
      FunctionName: { Ref: resource(template, 'AWS::Lambda::Function').id },
      DashboardUrl:
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/PersonalizeUsers',
      AlarmTopicArn: { Ref: resource(template, 'AWS::SNS::Topic').id },
    });
  });

  test('goes where the dataset is', () => {
    const stack = createStack({ datasetArn: 'arn:aws:personalize:us-west-2:210987654321:dataset/g/USERS' });
    expect([stack.account, stack.region]).toEqual(['210987654321', 'us-west-2']);
  });

  test('passes every setting on', () => {
    const template = stackTemplate({
      requestsPerSecond: 20,
      maxConcurrency: 4,
      usersPerMessage: 5,
      batchSize: 50,
      batchingWindowInSeconds: 7,
      timeoutInSeconds: 60,
      visibilityTimeoutInSeconds: 1000,
      maxReceiveCount: 3,
      backoffBaseInSeconds: 5,
      backoffMaxInSeconds: 50,
      maxPropertiesLength: 1024,
      memoryInMiB: 256,
      logRetentionInDays: 7,
      logLevel: 'WARN',
    });
    expect(resource(template, 'AWS::SQS::Queue', 'UsersQueue').Properties).toMatchObject({
      VisibilityTimeout: 1000,
      RedrivePolicy: { maxReceiveCount: 3 },
    });
    expect(resource(template, 'AWS::Lambda::EventSourceMapping').Properties).toMatchObject({
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 7,
      ScalingConfig: { MaximumConcurrency: 4 },
    });
    expect(resource(template, 'AWS::Logs::LogGroup').Properties.RetentionInDays).toBe(7);
    expect(resource(template, 'AWS::Lambda::Function').Properties).toMatchObject({
      MemorySize: 256,
      Timeout: 60,
      Environment: {
        Variables: {
          MAX_RECEIVE_COUNT: '3',
          REQUESTS_PER_SECOND: '20',
          MAX_CONCURRENCY: '4',
          MAX_PROPERTIES_LENGTH: '1024',
          BACKOFF_BASE_SECONDS: '5',
          BACKOFF_MAX_SECONDS: '50',
          POWERTOOLS_LOG_LEVEL: 'WARN',
        },
      },
    });
  });

  test('refuses another dataset than the users', () => {
    const datasetArn = DATASET_ARN.replace('USERS', 'ITEMS');
    expect(() => createStack({ datasetArn })).toThrow(SettingError);
  });

  test('is as it was when it was last looked at', () => {
    expect(withoutAssetHashes(stackTemplate().toJSON())).toMatchSnapshot();
  });
});

function withoutAssetHashes(template: unknown): unknown {
  return JSON.parse(JSON.stringify(template).replaceAll(/[0-9a-f]{64}/g, 'ASSET_HASH'));
}
