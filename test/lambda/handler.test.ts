/** The function as Lambda calls it, from its environment to its answer. PutUsers and SQS are a script. */

import { createHash, createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Handler } from '../../lambda/create-handler.ts';
import { type ScriptedServer, startScriptedServer } from '../support/scripted-server.ts';

const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS';

interface Request {
  readonly operation: string;
  readonly authorization: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: it is what the test compares
  readonly body: any;
}

const originalEnvironment = { ...process.env };
let server: ScriptedServer;
let requests: Request[];
/** So many calls of PutUsers are answered that they are too many. */
let throttles: number;
let written: string[];
let directory: string;

beforeEach(async () => {
  requests = [];
  throttles = 0;
  written = [];
  directory = mkdtempSync(join(tmpdir(), 'handler-'));
  server = await startScriptedServer((request, response, text) => {
    const target = request.headers['x-amz-target'] as string | undefined;
    const body = JSON.parse(text);
    const operation = target?.split('.')[1] ?? 'PutUsers';
    requests.push({ operation, authorization: request.headers.authorization, body });
    if (operation === 'PutUsers' && throttles-- > 0)
      response.writeHead(400, { 'x-amzn-errortype': 'ThrottlingException' });
    response.end(body.Entries ? JSON.stringify({ Successful: body.Entries.map(stored) }) : '{}');
  });
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      written.push(String(text));
      return true;
    });
  }
});

afterEach(async () => {
  jest.restoreAllMocks();
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, originalEnvironment);
  rmSync(directory, { recursive: true });
  await server.stop();
});

/** What SQS answers for an entry: the SDK compares the digest. */
function stored({ Id, MessageBody = '' }: { Id: string; MessageBody?: string }) {
  return { Id, MessageId: Id, MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex') };
}

/** The handler of a new environment. It has one call, and the next one after 100 seconds. */
async function newHandler(
  {
    without = [],
    ...variables
  }: {
    without?: readonly string[];
    REQUESTS_PER_SECOND?: string;
    MAX_PROPERTIES_LENGTH?: string;
    USERS_SCHEMA_FILE?: string;
    SCHEMA_CHECK?: string;
    ORDER_TABLE_NAME?: string;
    ORDER_SALT?: string;
  } = {},
  load: () => Promise<{ readonly handler: Handler }> = () => import('../../lambda/handler.ts'),
): Promise<Handler> {
  const sharedCredentials = join(directory, 'credentials');
  writeFileSync(sharedCredentials, '[default]\naws_access_key_id = SHARED\naws_secret_access_key = s\n');
  Object.assign(process.env, {
    DATASET_ARN,
    QUEUE_URL: `${server.endpoint}/1/users`,
    DEAD_LETTER_QUEUE_URL: `${server.endpoint}/1/dead`,
    MAX_RECEIVE_COUNT: '5',
    REQUESTS_PER_SECOND: '1',
    MAX_CONCURRENCY: '100',
    MAX_PROPERTIES_LENGTH: '20',
    BACKOFF_BASE_SECONDS: '1',
    BACKOFF_MAX_SECONDS: '900',
    TIMEOUT_SECONDS: '60',
    AWS_REGION: 'eu-west-1',
    AWS_LAMBDA_FUNCTION_NAME: 'users-function',
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: 'ENVIRONMENT',
    AWS_SECRET_ACCESS_KEY: 's',
    AWS_SHARED_CREDENTIALS_FILE: sharedCredentials,
    AWS_CONFIG_FILE: join(directory, 'config'),
    AWS_EC2_METADATA_DISABLED: 'true',
    POWERTOOLS_METRICS_NAMESPACE: 'PersonalizeUsers',
    ...variables,
  });
  for (const name of without) delete process.env[name];
  jest.resetModules();
  return (await load()).handler;
}

const record = (messageId: string, body = JSON.stringify({ userId: messageId })) =>
  ({
    messageId,
    receiptHandle: `receipt-${messageId}`,
    body,
    attributes: { ApproximateReceiveCount: '1', SentTimestamp: '0' },
    messageAttributes: {},
    eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:users',
  }) as unknown as SQSRecord;

const eventOf = (...records: SQSRecord[]): SQSEvent => ({ Records: records });
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 } as Context;
const failed = (...messageIds: string[]) => ({
  batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })),
});
const bodiesOf = (operation: string) =>
  requests.filter((request) => request.operation === operation).map(({ body }) => body);
const logged = (message: string) => written.map((line) => JSON.parse(line)).find((line) => line.message === message);

test('users go to the dataset with the credentials of the environment, and messages beyond the limit to the dead-letter queue', async () => {
  const handler = await newHandler();
  const tooLong = record('m2', '{"userId":"b","properties":{"city":"twenty characters and more"}}');
  const shortEnough = record('m1', '{"userId":"a","properties":{"city":"Oslo"}}');
  expect(await handler(eventOf(shortEnough, tooLong), context)).toEqual(failed());

  expect(bodiesOf('PutUsers')).toEqual([
    { datasetArn: DATASET_ARN, users: [{ userId: 'a', properties: '{"city":"Oslo"}' }] },
  ]);
  expect(requests[0]!.authorization).toContain('Credential=ENVIRONMENT/');
  expect(bodiesOf('SendMessageBatch')).toMatchObject([
    {
      QueueUrl: `${server.endpoint}/1/dead`,
      Entries: [{ MessageBody: tooLong.body, MessageAttributes: { RequestID: { StringValue: 'request-1' } } }],
    },
  ]);
});

test('what became of a batch is counted with the id of the request, in one line if all is well', async () => {
  const handler = await newHandler();
  await handler(eventOf(record('m1')), context);
  expect(written.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({ function_name: 'users-function', function_request_id: 'request-1', UsersDelivered: 1 }),
  ]);
});

test('what became of a batch is logged with the id of the request, if not all is delivered', async () => {
  const handler = await newHandler();
  throttles = 2;
  await handler(eventOf(record('m1')), context);
  expect(logged('Batch settled')).toMatchObject({ function_request_id: 'request-1', users: { retried: 1 } });
});

test('an environment calls at its share of the rate, and what has no turn in time is retried after its back-off', async () => {
  const handler = await newHandler();
  const records = Array.from({ length: 11 }, (_, index) => record(`m${index}`));
  expect(await handler(eventOf(...records), context)).toEqual(failed('m10'));
  expect(bodiesOf('PutUsers')).toHaveLength(1);
  expect(bodiesOf('ChangeMessageVisibilityBatch')).toEqual([
    {
      QueueUrl: `${server.endpoint}/1/users`,
      Entries: [{ Id: '0', ReceiptHandle: 'receipt-m10', VisibilityTimeout: 1 }],
    },
  ]);
});

/** As Lambda's runtime client has it: the service says when an invocation ends, and the environment's own clock says what is left. */
const contextUntil = (deadline: number) =>
  ({ awsRequestId: 'request-1', getRemainingTimeInMillis: () => deadline - Date.now() }) as Context;

test('a clock that is set while the function works changes nothing: every message is called for', async () => {
  const handler = await newHandler({ REQUESTS_PER_SECOND: '1000' });
  const machineTime = Date.now;
  const minute = 60_000;
  for (const [at, jump] of [0, -10 * minute, 10 * minute, -24 * 60 * minute, 24 * 60 * minute].entries()) {
    const deadline = machineTime() + minute;
    // What is set: the clock before the invocation, or while it is at work.
    const setTo = () => machineTime() + jump;
    if (at % 2 === 0) jest.spyOn(Date, 'now').mockImplementation(setTo);
    const answer = handler(eventOf(record(`m${at}`)), contextUntil(deadline));
    jest.spyOn(Date, 'now').mockImplementation(setTo);
    expect(await answer).toEqual(failed());
  }
  expect(bodiesOf('PutUsers')).toHaveLength(5);
});

test.each([
  ['more time left than the function has at all', 10 * 60_000],
  ['no time left', -10 * 60_000],
])('a clock that is off, and makes for %s, is not believed', async (_, milliseconds) => {
  const handler = await newHandler();
  const records = Array.from({ length: 11 }, (_, index) => record(`m${index}`));
  const off = { ...context, getRemainingTimeInMillis: () => milliseconds };
  // One call has its turn at once, the other after 100 seconds, when the function is over.
  expect(await handler(eventOf(...records), off)).toEqual(failed('m10'));
  expect(bodiesOf('PutUsers')).toHaveLength(1);
});

test('the SDK makes no attempts of its own, which nobody would pace', async () => {
  const handler = await newHandler();
  throttles = 2;
  expect(await handler(eventOf(record('m1')), context)).toEqual(failed('m1'));
  expect(bodiesOf('PutUsers')).toHaveLength(1);
  expect(logged('Batch settled').retryErrors).toEqual({ ThrottlingException: 1 });
});

test('credentials are searched for nowhere else', async () => {
  const handler = await newHandler({ without: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] });
  expect(await handler(eventOf(record('m1')), context)).toEqual(failed('m1'));
  expect(requests).toEqual([]);
  expect(logged('Batch settled').retryErrors).toEqual({ CredentialsProviderError: 1 });
});

test('if what it is built on throws, the whole batch is reported as failed, and the log has where', async () => {
  const handler = await newHandler();
  const getRemainingTimeInMillis = () => {
    throw new Error('broken by m1');
  };
  const batch = eventOf(record('m1'), record('m2'));
  expect(await handler(batch, { ...context, getRemainingTimeInMillis })).toEqual(failed('m1', 'm2'));
  const line = logged('Defect of the function; its messages are retried');
  expect(line).toMatchObject({ level: 'ERROR', error: 'Error', messageIds: ['m1', 'm2'] });
  expect(line.frames).toEqual(expect.arrayContaining([expect.stringContaining('handler.test.ts')]));
  expect(JSON.stringify(line)).not.toContain('broken');
});

test('a record that cannot be read is reported as failed, alone', async () => {
  const handler = await newHandler();
  const batch = eventOf(record('m1'), { messageId: 'm2' } as SQSRecord, record('m3'));
  expect(await handler(batch, context)).toEqual(failed('m2'));
  expect(logged('Defect of the function; its messages are retried')).toMatchObject({
    error: 'TypeError',
    messageIds: ['m2'],
  });
});

test('a record of a FIFO queue that cannot be read is not overtaken', async () => {
  const handler = await newHandler();
  const fifo = (one: SQSRecord) => ({ ...one, eventSourceARN: `${one.eventSourceARN}.fifo` });
  const batch = eventOf(fifo(record('m1')), { messageId: 'm2' } as SQSRecord, fifo(record('m3')));
  expect(await handler(batch, context)).toEqual(failed('m2', 'm3'));
});

test('and holds up its message group alone, if that can be read', async () => {
  const handler = await newHandler();
  const fifo = (one: SQSRecord, group: string): SQSRecord => ({
    ...one,
    eventSourceARN: `${one.eventSourceARN}.fifo`,
    attributes: { ...one.attributes, MessageGroupId: group },
  });
  const unreadable = { ...fifo(record('m1'), 'a'), messageAttributes: null } as unknown as SQSRecord;
  const batch = eventOf(unreadable, fifo(record('m2'), 'b'), fifo(record('m3'), 'a'));
  expect(await handler(batch, context)).toEqual(failed('m1', 'm3'));
});

test('it backs off as other failures do, and is left to the queue in the end, which keeps it as it stands', async () => {
  const handler = await newHandler();
  const last = record('m2');
  const batch = eventOf(
    { ...record('m1'), messageAttributes: null } as unknown as SQSRecord,
    {
      ...last,
      attributes: { ...last.attributes, ApproximateReceiveCount: '5' },
      messageAttributes: null,
    } as unknown as SQSRecord,
  );
  expect(await handler(batch, context)).toEqual(failed('m1', 'm2'));
  expect(bodiesOf('ChangeMessageVisibilityBatch')).toMatchObject([
    { Entries: [{ ReceiptHandle: 'receipt-m1' }, { ReceiptHandle: 'receipt-m2' }] },
  ]);
  expect(bodiesOf('SendMessageBatch')).toEqual([]);
  expect(logged('Batch settled')).toMatchObject({ messages: 2, retryErrors: { InternalError: 2 } });
});

test('a message that the batch has twice is named once, whatever keeps it from being handled', async () => {
  const handler = await newHandler();
  const getRemainingTimeInMillis = () => {
    throw new Error();
  };
  const unreadable = { messageId: 'm2' } as SQSRecord;
  expect(await handler(eventOf(unreadable, unreadable), context)).toEqual(failed('m2'));
  const batch = eventOf(record('m1'), record('m1'));
  expect(await handler(batch, { ...context, getRemainingTimeInMillis })).toEqual(failed('m1'));
});

test('telemetry that fails does not undo what is settled', async () => {
  const handler = await newHandler();
  const { Metrics } = await import('@aws-lambda-powertools/metrics');
  const publish = jest.spyOn(Metrics.prototype, 'publishStoredMetrics').mockImplementation(() => {
    throw new RangeError('no room');
  });
  try {
    expect(await handler(eventOf(record('m1')), context)).toEqual(failed());
    expect(logged('The batch is settled, and could not be told of')).toMatchObject({
      error: 'RangeError',
      messageIds: [],
    });
  } finally {
    publish.mockRestore();
  }
});

test('nor does a log that cannot be written', async () => {
  const handler = await newHandler();
  const { Logger } = await import('@aws-lambda-powertools/logger');
  const broken = (['info', 'error'] as const).map((level) =>
    jest.spyOn(Logger.prototype, level).mockImplementation(() => {
      throw new RangeError('no room');
    }),
  );
  // Not all is delivered, so there is something to log.
  throttles = 2;
  try {
    expect(await handler(eventOf(record('m1')), context)).toEqual(failed('m1'));
    expect(broken.map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  } finally {
    for (const spy of broken) spy.mockRestore();
  }
});

describe('a deployment with the order guard', () => {
  const table = { ORDER_TABLE_NAME: 'Versions', ORDER_SALT: 'salt' };
  const guarded = () => import('../../lambda/guarded-handler.ts');

  test('is called by the table of versions, with the credentials of the environment', async () => {
    const handler = await newHandler(table, guarded);
    expect(await handler(eventOf(record('m1')), context)).toEqual(failed());
    const user = createHmac('sha256', 'salt').update('m1').digest('base64url');
    expect(requests.map(({ operation }) => operation)).toEqual(['UpdateItem', 'PutUsers', 'UpdateItem']);
    for (const { authorization } of requests) expect(authorization).toContain('Credential=ENVIRONMENT/');
    expect(bodiesOf('UpdateItem')).toMatchObject(Array(2).fill({ TableName: 'Versions', Key: { user: { S: user } } }));
  });

  test('does not start with the bundle that has none, since nothing would be guarded', async () => {
    await expect(newHandler(table)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: "The function's environment is not usable: ORDER_TABLE_NAME is set, and this bundle has no order guard.",
    });
  });

  test('has no guard where none is deployed, whatever its bundle holds', async () => {
    const handler = await newHandler({}, guarded);
    expect(await handler(eventOf(record('m1')), context)).toEqual(failed());
    expect(requests.map(({ operation }) => operation)).toEqual(['PutUsers']);
  });
});

describe('an event that is no batch of the queue', () => {
  const ofSns = { EventSource: 'aws:sns', EventVersion: '1.0', Sns: { MessageId: 'm1', Message: '{"userId":"a"}' } };
  const ofKinesis = { eventSource: 'aws:kinesis', kinesis: { data: 'e30=' } };
  const { messageId: _, ...withoutId } = record('m2');

  test.each<[unknown, string]>([
    [{ key1: 'value1', key2: 'value2', key3: 'value3' }, 'an object without Records'],
    [{}, 'an object without Records'],
    [{ userId: 'a', properties: {} }, 'an object without Records'],
    [{ Records: { 0: record('m1') } }, 'an object whose Records are no list'],
    [null, 'null'],
    [undefined, 'nothing'],
    ['{"Records":[]}', 'a string'],
    [[record('m1')], 'a list'],
    [{ Records: [ofSns] }, 'a record of aws:sns'],
    [{ Records: [ofKinesis] }, 'a record of aws:kinesis'],
    [{ Records: [{ eventSource: 'aws:user-0042', messageId: 'm1' }] }, 'a record of another source'],
    [{ Records: [null] }, 'a record without a messageId'],
    // The answer could not name it, so that Lambda would delete it.
    [{ Records: [record('m1'), withoutId] }, 'a record without a messageId'],
    [{ Records: [record('m1'), record('')] }, 'a record without a messageId'],
  ])('%j is refused with what the function takes', async (event, got) => {
    const handler = await newHandler();
    // What is thrown gives a whole batch back to the queue. Source: Lambda developer guide, partial batch responses.
    await expect(handler(event as SQSEvent, context)).rejects.toMatchObject({
      name: 'UnexpectedEventError',
      message: `This function takes batches of messages that Lambda receives from its SQS queue, but got ${got}. To put users into the dataset, send messages to the queue; for a test in the Lambda console, choose the template SQS.`,
    });
    expect(written).toEqual([]);
    expect(requests).toEqual([]);
  });
});

describe("a deployment that knows the dataset's schema", () => {
  const schema = {
    type: 'record',
    fields: [
      { name: 'USER_ID', type: 'string' },
      { name: 'AGE', type: ['int', 'null'] },
      { name: 'CITY', type: ['string', 'null'] },
    ],
  };
  const withSchema = (check: string, text = JSON.stringify(schema)) => {
    const file = join(directory, 'users-schema.json');
    writeFileSync(file, text);
    return {
      USERS_SCHEMA_FILE: file,
      SCHEMA_CHECK: check,
      REQUESTS_PER_SECOND: '1000',
      MAX_PROPERTIES_LENGTH: '1000',
    };
  };
  const user = (userId: string, properties: object) => record(userId, JSON.stringify({ userId, properties }));
  const good = user('good', { age: 31 });
  const certain = user('certain', { age: 'x' });
  const uncertain = user('uncertain', { city: 7 });
  const called = () => bodiesOf('PutUsers').map(({ users }) => users.map(({ userId }: { userId: string }) => userId));
  const letters = () =>
    bodiesOf('SendMessageBatch')
      .flatMap(({ Entries }) => Entries)
      .map(({ MessageAttributes }) => MessageAttributes.ErrorMessage.StringValue);

  const OF_CERTAIN =
    'properties.age: "x" is no number; the schema\'s AGE takes a whole number of 32 bits (int) or null';
  const OF_UNCERTAIN = "properties.city: 7 is a number; the schema's CITY takes a text (string) or null";

  test.each([
    ['certain', [['good'], ['uncertain']], [OF_CERTAIN]],
    ['all', [['good']], [OF_CERTAIN, OF_UNCERTAIN]],
    ['separate', [['good'], ['certain'], ['uncertain']], []],
    ['off', [['good', 'certain', 'uncertain']], []],
  ])('with the check %s, calls %j and no others', async (check, calls, reasons) => {
    const handler = await newHandler(withSchema(check));
    expect(await handler(eventOf(good, certain, uncertain), context)).toEqual(failed());
    expect(called().sort()).toEqual([...calls].sort());
    expect(letters()).toEqual(reasons);
  });

  test('spends no call on certain misfits', async () => {
    const handler = await newHandler(withSchema('certain'));
    expect(await handler(eventOf(certain), context)).toEqual(failed());
    expect(bodiesOf('PutUsers')).toEqual([]);
    expect(letters()).toEqual([OF_CERTAIN]);
    expect(bodiesOf('SendMessageBatch')[0].Entries[0].MessageAttributes.ErrorCode.StringValue).toBe('SchemaMismatch');
  });

  test('sends a property by its name, and a whole number as one', async () => {
    const handler = await newHandler(withSchema('certain'));
    await handler(eventOf(record('m1', '{"userId":"a","properties":{"AGE":31.0,"city":"Oslo"}}')), context);
    expect(bodiesOf('PutUsers')[0].users).toEqual([{ userId: 'a', properties: '{"age":31,"city":"Oslo"}' }]);
  });

  test.each([
    ['is not there', { USERS_SCHEMA_FILE: '/no/such/file' }, 'ENOENT: no such file or directory'],
    ['is broken', withoutAge, 'there must be at least one field besides USER_ID'],
    ['is elsewhere than beside the module', { USERS_SCHEMA_FILE: 'users-schema.json' }, 'ENOENT'],
  ])('does not start when the file %s', async (_, broken, problem) => {
    const variables = { ...withSchema('certain'), ...(typeof broken === 'function' ? broken() : broken) };
    await expect(newHandler(variables)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(
        `USERS_SCHEMA_FILE is ${JSON.stringify(variables.USERS_SCHEMA_FILE)}, but there is no schema: ${problem}`,
      ),
    });
  });

  function withoutAge() {
    return withSchema('certain', JSON.stringify({ ...schema, fields: schema.fields.slice(0, 1) }));
  }
});
