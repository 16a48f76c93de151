import { describe, expect, test } from '@jest/globals';
import { CfnOutput, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { readConfig } from '../../lambda/config.ts';
import { SettingError } from '../../lib/setting.ts';
import { UserIngestion, type UserIngestionProps } from '../../lib/user-ingestion.ts';
import { createIngestion, createTestApp, DATASET_ARN, resource } from './support.ts';

const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/123456789012/users';

const templateOf = (ingestion: UserIngestion) => Template.fromStack(Stack.of(ingestion));

describe('a UserIngestion in an app of others', () => {
  test('shows its parts, to build on', () => {
    const ingestion = createIngestion();
    new Alarm(ingestion, 'Undelivered', {
      metric: ingestion.deadLetterQueue.metricApproximateNumberOfMessagesVisible(),
      threshold: 1,
      evaluationPeriods: 1,
    });
    new CfnOutput(ingestion, 'Parts', {
      value: [
        ingestion.queue.queueArn,
        ingestion.function.functionArn,
        ingestion.eventSourceMapping.eventSourceMappingId,
      ].join(),
    });
    templateOf(ingestion).hasResourceProperties('AWS::CloudWatch::Alarm', {
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.anyValue(), 'QueueName'] } }],
    });
  });

  test('lets a producer send, and only send', () => {
    const ingestion = createIngestion();
    const producer = new Role(ingestion, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    expect(ingestion.grantSend(producer).success).toBe(true);
    const template = templateOf(ingestion);
    expect(resource(template, 'AWS::IAM::Policy', 'Producer').Properties.PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [resource(template, 'AWS::SQS::Queue', 'UsersQueue').id, 'Arn'] },
        },
      ],
    });
  });

  // Nothing but these sentences tells who writes JavaScript, or runs TypeScript without a look at its types.
  test.each<[string, unknown, string]>([
    ['no props', undefined, 'datasetArn takes the ARN of a Users dataset, like'],
    ['no dataset', {}, 'datasetArn takes the ARN of a Users dataset, like'],
    ['a dataset that is no text', { datasetArn: 5 }, 'but got 5.'],
    [
      'a number in a text',
      { datasetArn: DATASET_ARN, batchSize: '10' },
      'batchSize takes a whole number from 1 to 10000, but got "10", a text: leave out the quotes.',
    ],
    ['a quota in a text', { datasetArn: DATASET_ARN, requestsPerSecond: '10' }, 'but got "10", a text'],
    [
      'a flag in a text, which JavaScript takes for true',
      { datasetArn: DATASET_ARN, orderGuard: 'false' },
      'orderGuard takes true or false, but got "false", a text: leave out the quotes.',
    ],
  ])('refuses %s with a sentence', (_, props, sentence) => {
    const stack = new Stack(createTestApp(), 'Theirs');
    expect(() => new UserIngestion(stack, 'Users', props as UserIngestionProps)).toThrow(SettingError);
    expect(() => new UserIngestion(stack, 'Again', props as UserIngestionProps)).toThrow(sentence);
  });

  test('takes a dataset that is made in the same app', () => {
    const datasetArn = Token.asString({ 'Fn::GetAtt': ['Dataset', 'DatasetArn'] });
    expect(() => createIngestion({ datasetArn })).not.toThrow();
  });

  test('can be there more than once', () => {
    const stack = new Stack(createTestApp(), 'Two');
    new UserIngestion(stack, 'One', { datasetArn: DATASET_ARN });
    new UserIngestion(stack, 'Other', { datasetArn: DATASET_ARN, fifo: true });
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 4);
  });

  test('goes with the stack if it is told to', () => {
    const template = templateOf(createIngestion({ removalPolicy: RemovalPolicy.DESTROY }));
    template.allResources('AWS::SQS::Queue', { DeletionPolicy: 'Delete' });
    template.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete' });
  });

  test.each<[keyof UserIngestionProps, Partial<UserIngestionProps>]>([
    ['datasetArn', { datasetArn: 'users' }],
    ['memoryInMiB', { memoryInMiB: 64 }],
    ['logRetentionInDays', { logRetentionInDays: 31 }],
    ['logLevel', { logLevel: 'info' as 'INFO' }],
    ['maxPropertiesLength', { maxPropertiesLength: 0 }],
    ['maxConcurrency', { maxConcurrency: 1 }],
    ['batchSize', { fifo: true, batchSize: 11 }],
  ])('refuses a wrong %s, and says that it is that', (setting, props) => {
    expect(() => createIngestion(props)).toThrow(expect.objectContaining({ name: 'SettingError', setting }));
    expect(() => createIngestion(props)).toThrow(SettingError);
  });
});

describe('the environment of the function', () => {
  const leastOfAll: Partial<UserIngestionProps> = {
    requestsPerSecond: 1,
    maxConcurrency: 2,
    maxReceiveCount: 1,
    maxPropertiesLength: 1,
    backoffBaseInSeconds: 1,
    backoffMaxInSeconds: 1,
  };
  const mostOfAll: Partial<UserIngestionProps> = {
    requestsPerSecond: 1_000,
    maxConcurrency: 1_000,
    maxPropertiesLength: 1_000_000,
    maxReceiveCount: 28,
    backoffBaseInSeconds: 43_000,
    backoffMaxInSeconds: 43_000,
  };

  test.each([
    ['by default', {}],
    ['with the least of all', leastOfAll],
    ['with the most of all', mostOfAll],
  ])('is one that the function takes, %s', (_, props) => {
    expect(() => readConfig(environmentOf(createIngestion(props)))).not.toThrow();
  });
});

/** The function's variables as they would be in AWS, where references are resolved. */
function environmentOf(ingestion: UserIngestion): Record<string, string> {
  const { Environment } = resource(templateOf(ingestion), 'AWS::Lambda::Function').Properties;
  const { Variables } = Environment as { Variables: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(Variables).map(([name, value]) => [name, typeof value === 'string' ? value : QUEUE_URL]),
  );
}
