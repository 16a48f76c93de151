// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are CloudFormation's own placeholders
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { loadStack } from '../../../local/template/load-stack.ts';
import { readStack } from '../../../local/template/stack.ts';
import { MANIFEST, sourceOf, stackWith, TEMPLATE, WORLD } from './fixture.ts';

const read = (source = sourceOf(TEMPLATE)) => readStack(source, WORLD);
const queueOf = (properties: Parameters<typeof stackWith>[1]) =>
  read(stackWith('UserIngestionQueue2B', properties)).queues.find(
    ({ logicalId }) => logicalId === 'UserIngestionQueue2B',
  )!;
const functionOf = (properties: Parameters<typeof stackWith>[1]) =>
  read(stackWith('UserIngestionFunction6F', properties)).eventSourceMappings[0]!.function;
const mappingOf = (properties: Parameters<typeof stackWith>[1]) =>
  read(stackWith('UserIngestionMapping7A', properties)).eventSourceMappings[0]!;

const URLS = 'http://127.0.0.1:4566/000000000000';
const ARNS = 'arn:aws:sqs:eu-central-1:000000000000';

describe('the queues of a stack', () => {
  test('have the attributes that they are to be created with', () => {
    expect(read().queues).toEqual([
      {
        logicalId: 'UserIngestionDeadLetterQueue1A',
        name: 'UserIngestionDeadLetterQueue1A',
        url: `${URLS}/UserIngestionDeadLetterQueue1A`,
        arn: `${ARNS}:UserIngestionDeadLetterQueue1A`,
        isFifo: false,
        attributes: { MessageRetentionPeriod: '1209600', SqsManagedSseEnabled: 'true' },
      },
      {
        logicalId: 'UserIngestionQueue2B',
        name: 'UserIngestionQueue2B',
        url: `${URLS}/UserIngestionQueue2B`,
        arn: `${ARNS}:UserIngestionQueue2B`,
        isFifo: false,
        redrive: { deadLetterQueueArn: `${ARNS}:UserIngestionDeadLetterQueue1A`, maxReceiveCount: 5 },
        attributes: {
          MessageRetentionPeriod: '345600',
          RedrivePolicy: `{"deadLetterTargetArn":"${ARNS}:UserIngestionDeadLetterQueue1A","maxReceiveCount":5}`,
          VisibilityTimeout: '181',
        },
      },
    ]);
  });

  test('have the names that the template gives them', () => {
    const queue = queueOf({ QueueName: { 'Fn::Sub': '${AWS::StackName}-users' } });

    expect(queue).toMatchObject({
      name: 'PersonalizeUsers-users',
      url: `${URLS}/PersonalizeUsers-users`,
      arn: `${ARNS}:PersonalizeUsers-users`,
    });
    expect(queue.attributes).not.toHaveProperty('QueueName');
  });

  test('have names that end in .fifo when they are FIFO queues', () => {
    expect(queueOf({ FifoQueue: true, ContentBasedDeduplication: true })).toMatchObject({
      name: 'UserIngestionQueue2B.fifo',
      isFifo: true,
      attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' },
    });
  });

  test('have no FifoQueue attribute when they are standard queues', () => {
    expect(queueOf({ FifoQueue: false }).attributes).not.toHaveProperty('FifoQueue');
  });
});

describe('the event source mapping of a stack', () => {
  test('says how to form batches, and what it connects', () => {
    const [mapping] = read().eventSourceMappings;

    expect(mapping).toMatchObject({
      logicalId: 'UserIngestionMapping7A',
      isEnabled: true,
      batchSize: 500,
      batchingWindowInSeconds: 1,
      maximumConcurrency: 2,
      reportsBatchItemFailures: true,
      queue: { logicalId: 'UserIngestionQueue2B' },
      function: { logicalId: 'UserIngestionFunction6F' },
    });
  });

  test('has the defaults of CloudFormation', () => {
    const defaults = {
      BatchSize: undefined,
      MaximumBatchingWindowInSeconds: undefined,
      ScalingConfig: undefined,
      FunctionResponseTypes: undefined,
    };

    expect(mappingOf(defaults)).toMatchObject({
      batchSize: 10,
      batchingWindowInSeconds: 0,
      maximumConcurrency: 5,
      reportsBatchItemFailures: false,
    });
  });

  test('may name its function by the ARN', () => {
    const mapping = mappingOf({ FunctionName: { 'Fn::GetAtt': ['UserIngestionFunction6F', 'Arn'] } });

    expect(mapping.function.logicalId).toBe('UserIngestionFunction6F');
  });

  test('may be disabled', () => {
    expect(mappingOf({ Enabled: false }).isEnabled).toBe(false);
  });
});

describe('the function of a stack', () => {
  test('is the deployed code with its settings', () => {
    expect(read().eventSourceMappings[0]!.function).toEqual({
      logicalId: 'UserIngestionFunction6F',
      name: 'UserIngestionFunction6F',
      arn: 'arn:aws:lambda:eu-central-1:000000000000:function:UserIngestionFunction6F',
      region: 'eu-central-1',
      runtime: 'nodejs24.x',
      codeDirectory: '/assembly/asset.e9b8a4f1',
      handler: 'index.handler',
      timeoutInSeconds: 30,
      memorySizeInMB: 512,
      environment: {
        DATASET_ARN: 'arn:aws:personalize:eu-central-1:1:dataset/shop/USERS',
        QUEUE_URL: `${URLS}/UserIngestionQueue2B`,
        DEAD_LETTER_QUEUE_URL: `${URLS}/UserIngestionDeadLetterQueue1A`,
        MAX_RECEIVE_COUNT: '5',
      },
      reservedConcurrency: undefined,
      logging: { format: 'JSON', applicationLevel: 'WARN', group: 'UserIngestionLogGroup5E' },
    });
  });

  test('has the defaults of CloudFormation', () => {
    const defaults = { Timeout: undefined, MemorySize: undefined, Environment: undefined, LoggingConfig: undefined };

    expect(functionOf(defaults)).toMatchObject({
      timeoutInSeconds: 3,
      memorySizeInMB: 128,
      environment: {},
      logging: { format: 'Text', group: '/aws/lambda/UserIngestionFunction6F' },
    });
  });

  test('has the name that the template gives it', () => {
    expect(functionOf({ FunctionName: 'users' })).toMatchObject({
      name: 'users',
      arn: 'arn:aws:lambda:eu-central-1:000000000000:function:users',
    });
  });

  test('has a reserved concurrency if it is given one', () => {
    expect(functionOf({ ReservedConcurrentExecutions: 4 }).reservedConcurrency).toBe(4);
  });
});

describe('the outputs of a stack', () => {
  test('are there as far as the local world has what they are about', () => {
    const { outputs, unresolvedOutputs } = read();

    expect(outputs).toEqual({
      QueueUrl: `${URLS}/UserIngestionQueue2B`,
      FunctionArn: 'arn:aws:lambda:eu-central-1:000000000000:function:UserIngestionFunction6F',
    });
    expect(unresolvedOutputs).toEqual({
      RoleName: 'RoleName, Value: UserIngestionRole4D is an AWS::IAM::Role, which the local world has not',
    });
  });
});

describe('a stack is refused', () => {
  test.each<[string, () => unknown, string]>([
    [
      'a queue property that is not known',
      () => queueOf({ Colour: 'red' }),
      'UserIngestionQueue2B, Properties.Colour: the local world does not know this property',
    ],
    [
      'a queue property that is of another type',
      () => queueOf({ VisibilityTimeout: ['181'] }),
      'UserIngestionQueue2B, Properties.VisibilityTimeout: Invalid type',
    ],
    [
      'a redrive policy without its number',
      () => queueOf({ RedrivePolicy: { deadLetterTargetArn: 'arn' } }),
      'UserIngestionQueue2B, Properties.RedrivePolicy.maxReceiveCount',
    ],
    [
      'an environment variable that refers to what is not there',
      () => functionOf({ Environment: { Variables: { ROLE: { Ref: 'UserIngestionRole4D' } } } }),
      'UserIngestionFunction6F, Properties.Environment.Variables.ROLE: UserIngestionRole4D is an AWS::IAM::Role',
    ],
    [
      'layers, which would change the code',
      () => functionOf({ Layers: ['arn'] }),
      'UserIngestionFunction6F, Properties.Layers: the local world does not know this property',
    ],
    [
      'another language',
      () => functionOf({ Runtime: 'python3.13' }),
      'UserIngestionFunction6F, Properties.Runtime: the local world runs Node only',
    ],
    [
      'code that is not an asset',
      () => functionOf({ Code: { ZipFile: 'exports.handler = () => {}' } }),
      'UserIngestionFunction6F, Properties.Code.S3Key',
    ],
    [
      'code that is not in the manifest',
      () => functionOf({ Code: { S3Key: 'absent.zip' } }),
      'UserIngestionFunction6F, Properties.Code.S3Key: there is no asset absent.zip',
    ],
    [
      'code that is not a directory',
      () => functionOf({ Code: { S3Key: 'f0f0.json' } }),
      'UserIngestionFunction6F, Properties.Code.S3Key: the asset f0f0.json is not a directory',
    ],
    [
      'a filter, which would change what is invoked',
      () => mappingOf({ FilterCriteria: { Filters: [] } }),
      'UserIngestionMapping7A, Properties.FilterCriteria: the local world does not know this property',
    ],
    [
      'a response type that is not known',
      () => mappingOf({ FunctionResponseTypes: ['Other'] }),
      'UserIngestionMapping7A, Properties.FunctionResponseTypes.0',
    ],
    [
      'a mapping of a queue elsewhere',
      () => mappingOf({ EventSourceArn: 'arn:aws:sqs:eu-central-1:1:other' }),
      'UserIngestionMapping7A, Properties.EventSourceArn: there is no queue arn:aws:sqs:eu-central-1:1:other',
    ],
    [
      'a mapping to a function elsewhere',
      () => mappingOf({ FunctionName: 'other' }),
      'UserIngestionMapping7A, Properties.FunctionName: there is no function other',
    ],
    [
      'a resource under a condition',
      () => {
        const UserIngestionQueue2B = { ...TEMPLATE.Resources.UserIngestionQueue2B, Condition: 'IsProduction' };
        return read(sourceOf({ ...TEMPLATE, Resources: { ...TEMPLATE.Resources, UserIngestionQueue2B } }));
      },
      'UserIngestionQueue2B, Condition: the local world does not know conditions',
    ],
  ])('for %s', (_, task, message) => {
    expect(task).toThrow(expect.objectContaining({ name: 'TemplateError', message: expect.stringContaining(message) }));
  });
});

describe('a synthesized stack', () => {
  test('is read from the files of its cloud assembly', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'assembly-'));
    try {
      writeFileSync(join(directory, 'PersonalizeUsers.template.json'), JSON.stringify(TEMPLATE));
      writeFileSync(
        join(directory, 'PersonalizeUsers.assets.json'),
        JSON.stringify({ version: '55.0.0', ...MANIFEST }),
      );

      const stack = await loadStack({ directory, stackName: 'PersonalizeUsers' }, WORLD);

      expect(stack.queues).toEqual(read().queues);
      expect(stack.eventSourceMappings[0]!.function.codeDirectory).toBe(join(directory, 'asset.e9b8a4f1'));
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
