import { expect, test } from '@jest/globals';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';

const environment = {
  DATASET_ARN: 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS',
  QUEUE_URL: 'http://127.0.0.1:1/users',
  DEAD_LETTER_QUEUE_URL: 'http://127.0.0.1:1/dead',
  MAX_RECEIVE_COUNT: '5',
  REQUESTS_PER_SECOND: '10',
  MAX_CONCURRENCY: '2',
  MAX_PROPERTIES_LENGTH: '4096',
  BACKOFF_BASE_SECONDS: '2',
  BACKOFF_MAX_SECONDS: '900',
  AWS_REGION: 'eu-west-1',
  POWERTOOLS_LOG_LEVEL: 'SILENT',
};

const record = (messageId: string) =>
  ({
    messageId,
    receiptHandle: 'r',
    body: '{"userId":"a"}',
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
    messageAttributes: {},
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:users',
  }) as unknown as SQSRecord;

const all = { batchItemFailures: [{ itemIdentifier: 'm1' }, { itemIdentifier: 'm2' }] };

test.each<[string, SQSEvent, Partial<Context>]>([
  [
    'what it is built on throws',
    { Records: [record('m1'), record('m2')] },
    {
      getRemainingTimeInMillis: () => {
        throw new Error('broken');
      },
    },
  ],
  [
    'a record is not what SQS sends',
    { Records: [record('m1'), { messageId: 'm2' } as SQSRecord] },
    { getRemainingTimeInMillis: () => 60_000 },
  ],
])('if %s, the whole batch is reported as failed, and nothing is thrown', async (_, event, context) => {
  Object.assign(process.env, environment);
  const { handler } = await import('../../lambda/handler.ts');
  expect(await handler(event, { awsRequestId: 'r', ...context } as Context)).toEqual(all);
});
