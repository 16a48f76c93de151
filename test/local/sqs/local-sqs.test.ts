import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { DUMMY_CREDENTIALS } from '../../../aws/connections/local-client.ts';
import { createSqsClient } from '../../../aws/sqs/local-sqs-client.ts';
import { type FauxqsServer, startFauxqsServer } from '../../../local/sqs/fauxqs-server.ts';
import { type LocalSqs, startLocalSqs } from '../../../local/sqs/local-sqs.ts';
import type { SqsQueue } from '../../../node_modules/fauxqs/dist/sqs/sqsStore.js';
import { until } from './until.ts';

/** Real processes and visibility timeouts: seconds, on a machine that has better to do. */
jest.setTimeout(60_000);

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

let sqs: LocalSqs;
let client: SQSClient;

beforeEach(async () => {
  sqs = await startLocalSqs({ region: 'eu-central-1' });
  client = createSqsClient(sqs);
});

afterEach(async () => {
  client.destroy();
  await sqs.stop();
});

describe('a standard queue with message groups', () => {
  const receive = async (MaxNumberOfMessages = 10) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl: sqs.queueUrl('users'),
        MaxNumberOfMessages,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    );
    return Messages;
  };
  const sendLoad = async (batches: number, MessageGroupId?: string) => {
    for (let batch = 0; batch < batches; batch++) {
      await client.send(
        new SendMessageBatchCommand({
          QueueUrl: sqs.queueUrl('users'),
          Entries: Array.from({ length: 10 }, (_, index) => ({ Id: `${index}`, MessageBody: 'load', MessageGroupId })),
        }),
      );
    }
  };
  const sendLive = (MessageBody: string, MessageGroupId?: string) =>
    client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl('users'), MessageBody, MessageGroupId }));
  const groupsOf = (messages: readonly Message[]) => {
    const counts: Record<string, number> = {};
    for (const { Attributes } of messages) {
      const group = Attributes?.MessageGroupId ?? 'none';
      counts[group] = (counts[group] ?? 0) + 1;
    }
    return counts;
  };
  const bodiesOf = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

  beforeEach(() => sqs.createQueue({ name: 'users', attributes: {} }));

  test('gives the group of a message to whoever receives it, and no attribute that was not sent', async () => {
    await sendLive('grouped', 'crm');
    await sendLive('ungrouped');
    const [grouped, ungrouped] = await receive();
    expect(grouped).toMatchObject({ Body: 'grouped', Attributes: { MessageGroupId: 'crm' } });
    expect(grouped?.MessageAttributes).toBeUndefined();
    expect(ungrouped?.Attributes?.MessageGroupId).toBeUndefined();
  });

  test('hands out quiet groups first while one has much in flight, and the others in their order', async () => {
    await sendLoad(6, 'load');
    for (let round = 0; round < 3; round++) await receive();
    await sendLive('first');
    await sendLive('second', 'crm');
    expect(bodiesOf(await receive(3))).toEqual(['first', 'second', 'load']);
  });

  test('tells which groups have much in flight, until nothing of them is left', async () => {
    const url = sqs.queueUrl('users');
    const tell = async () => (await fetch(new URL('/_local/queues/users/noisy-groups', url))).json();
    await sendLoad(6, 'load');
    expect(await tell()).toEqual({ noisyGroups: [] });
    for (let round = 0; round < 3; round++) await receive();
    expect(await tell()).toEqual({ noisyGroups: ['load'] });
    await client.send(new PurgeQueueCommand({ QueueUrl: url }));
    expect(await tell()).toEqual({ noisyGroups: [] });
  });

  test('hands out, of several loads, that with the fewest messages in flight', async () => {
    await sendLoad(8, 'first');
    for (let round = 0; round < 4; round++) await receive();
    await sendLoad(8, 'second');
    // Until 30 of it are in flight, it is quiet; then both have as many, by turns.
    for (let round = 0; round < 3; round++) expect(groupsOf(await receive())).toEqual({ second: 10 });
    expect(groupsOf(await receive())).toEqual({ second: 10 });
    expect(groupsOf(await receive())).toEqual({ first: 5, second: 5 });
  });

  test('takes a group for noisy whose few messages take most of the time, until nothing of it is left', async () => {
    const deletes = async (messages: readonly Message[]) => {
      for (const { ReceiptHandle } of messages) {
        await client.send(new DeleteMessageCommand({ QueueUrl: sqs.queueUrl('users'), ReceiptHandle }));
      }
    };
    await sendLive('slow', 'slow');
    await sendLive('slow', 'slow');
    await deletes(await receive(1));
    await sendLive('live');
    expect(bodiesOf(await receive(1))).toEqual(['live']);
    await deletes(await receive(1));
    await sendLive('late', 'slow');
    await sendLive('later');
    expect(bodiesOf(await receive(2))).toEqual(['late', 'later']);
  });

  test('knows thresholds that are off, as those of SQS are', async () => {
    const other = await startLocalSqs({ region: 'eu-central-1', random: () => 0.999 });
    const own = sqs;
    const ownClient = client;
    [sqs, client] = [other, createSqsClient(other)];
    await sqs.createQueue({ name: 'users', attributes: {} });
    await sendLoad(6, 'load');
    for (let round = 0; round < 4; round++) await receive();
    await sendLive('live');
    expect(bodiesOf(await receive(1))).toEqual(['load']);
    await receive(4);
    expect(bodiesOf(await receive(1))).toEqual(['live']);
    client.destroy();
    await sqs.stop();
    [sqs, client] = [own, ownClient];
  });

  test('hands messages out in their order as long as none has', async () => {
    await sendLoad(3, 'load');
    await receive();
    await sendLive('live');
    expect(bodiesOf(await receive(1))).toEqual(['load']);
  });

  test('hands messages without a group out in their order', async () => {
    await sendLoad(6);
    for (let round = 0; round < 3; round++) await receive();
    await sendLive('live');
    expect(bodiesOf(await receive(1))).toEqual(['load']);
  });
});

describe('a local SQS', () => {
  test('names its queues by URLs at 127.0.0.1, whoever asks', async () => {
    await sqs.createQueue({ name: 'users', attributes: {} });

    const { QueueUrl } = await client.send(new GetQueueUrlCommand({ QueueName: 'users' }));

    expect(QueueUrl).toBe(sqs.queueUrl('users'));
    expect(new URL(sqs.queueUrl('users')).hostname).toBe('127.0.0.1');
  });

  test('serves a client that knows nothing but the queue URL', async () => {
    await sqs.createQueue({ name: 'users', attributes: {} });
    const { region } = sqs;
    const stranger = new SQSClient({ region, credentials: DUMMY_CREDENTIALS, logger: SILENT });

    await stranger.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl('users'), MessageBody: 'hello' }));

    stranger.destroy();
    expect(sqs.depth('users').visible).toBe(1);
  });

  test('cannot be reached from outside of the machine', async () => {
    const outside = Object.values(networkInterfaces())
      .flat()
      .find((address) => address?.family === 'IPv4' && !address.internal);
    if (!outside) return;
    await expect(fetch(`http://${outside.address}:${new URL(sqs.endpoint).port}/health`)).rejects.toThrow();
  });

  test('creates queues with their attributes, in its region and account', async () => {
    await sqs.createQueue({ name: 'users', attributes: { VisibilityTimeout: '180', MessageRetentionPeriod: '86400' } });

    const { Attributes } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: sqs.queueUrl('users'), AttributeNames: ['All'] }),
    );

    expect(Attributes).toMatchObject({
      QueueArn: 'arn:aws:sqs:eu-central-1:000000000000:users',
      VisibilityTimeout: '180',
      MessageRetentionPeriod: '86400',
    });
  });

  test('refuses a queue that SQS would refuse', async () => {
    await expect(sqs.createQueue({ name: 'users', attributes: { VisibilityTimeout: '50000' } })).rejects.toThrow(
      'VisibilityTimeout',
    );
  });

  test.each([
    [undefined, undefined],
    [['All'], { source: { DataType: 'String', StringValue: 'shop' }, trace: { DataType: 'String', StringValue: 't' } }],
    [['trace'], { trace: { DataType: 'String', StringValue: 't' } }],
  ])('gives the message attributes that are asked for: %j', async (MessageAttributeNames, expected) => {
    await sqs.createQueue({ name: 'users', attributes: {} });
    const QueueUrl = sqs.queueUrl('users');
    const MessageAttributes = {
      source: { DataType: 'String', StringValue: 'shop' },
      trace: { DataType: 'String', StringValue: 't' },
    };
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'hello', MessageAttributes }));

    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames }));

    expect(Messages.map(({ MessageAttributes }) => MessageAttributes)).toEqual([expected]);
  });

  test('has no depth of a queue that is not there', () => {
    expect(() => sqs.depth('absent')).toThrow('There is no queue absent');
  });
});

describe('the server', () => {
  let server: FauxqsServer;
  let client: SQSClient;
  let queue: SqsQueue;

  beforeEach(async () => {
    server = await startFauxqsServer(0);
    client = createSqsClient({ endpoint: server.endpoint, region: 'eu-central-1' });
    await client.send(new CreateQueueCommand({ QueueName: 'users' }));
    queue = server.store.getQueueByName('users')!;
  });

  afterEach(async () => {
    client.destroy();
    await server.stop();
  });

  const startLongPoll = async (abortSignal?: AbortSignal) => {
    const command = new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 });
    const end = client.send(command, { abortSignal }).then(
      () => 'answered',
      () => 'failed',
    );
    await until(() => queue.pollWaiters.length === 1);
    return { end };
  };

  test('gives no messages to a long poll whose caller has gone', async () => {
    const caller = new AbortController();
    const poll = await startLongPoll(caller.signal);

    caller.abort();

    expect(await poll.end).toBe('failed');
    await until(() => queue.pollWaiters.length === 0);
    await client.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: 'hello' }));
    expect(queue.inspectMessages()).toMatchObject({ ready: [{ body: 'hello' }], inflight: [] });
  });

  test('cuts long polls off when it stops', async () => {
    const poll = await startLongPoll();

    await server.stop();

    expect(await poll.end).toBe('failed');
  });
});

describe('the aws CLI', () => {
  const run = promisify(execFile);

  const isInstalled = (process.env.PATH ?? '').split(delimiter).some((directory) => existsSync(join(directory, 'aws')));

  (isInstalled ? test : test.skip)('sends and receives by the queue URL', async () => {
    await sqs.createQueue({ name: 'users', attributes: {} });
    const aws = (...command: readonly string[]) =>
      run('aws', ['--endpoint-url', sqs.endpoint, '--region', sqs.region, '--output', 'json', 'sqs', ...command], {
        env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
      });
    const url = ['--queue-url', sqs.queueUrl('users')];

    await aws('send-message', ...url, '--message-body', 'from the shell');
    const { stdout } = await aws('receive-message', ...url);

    expect(JSON.parse(stdout).Messages[0].Body).toBe('from the shell');
  });
});

describe('a local FIFO queue', () => {
  const QueueUrl = () => sqs.queueUrl('users.fifo');
  const send = (...bodies: readonly string[]) =>
    client.send(
      new SendMessageBatchCommand({
        QueueUrl: QueueUrl(),
        Entries: bodies.map((body, index) => ({
          Id: String(index),
          MessageBody: body,
          MessageGroupId: body.slice(0, 1),
          MessageDeduplicationId: body,
        })),
      }),
    );
  const receive = async (maximum = 10): Promise<readonly Message[]> => {
    const command = new ReceiveMessageCommand({ QueueUrl: QueueUrl(), MaxNumberOfMessages: maximum });
    return (await client.send(command)).Messages ?? [];
  };
  const makeVisible = ({ ReceiptHandle }: Message) =>
    client.send(new ChangeMessageVisibilityCommand({ QueueUrl: QueueUrl(), ReceiptHandle, VisibilityTimeout: 0 }));
  const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

  beforeEach(() => sqs.createQueue({ name: 'users.fifo', attributes: { FifoQueue: 'true' } }));

  test('gives several messages of a group in one receive, in order', async () => {
    await send('a1', 'a2', 'b1', 'a3');

    const received = bodies(await receive());

    expect(received).toHaveLength(4);
    expect(received.filter((body) => body?.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
  });

  test('gives no more than was asked for, and the rest of a group only after it', async () => {
    await send('a1', 'a2', 'a3');

    expect(bodies(await receive(2))).toEqual(['a1', 'a2']);
    expect(bodies(await receive())).toEqual([]);
  });

  test('gives no more than was asked for, of several groups too', async () => {
    await send('a1', 'b1', 'a2', 'b2');

    expect(await receive(3)).toHaveLength(3);
  });

  test('gives nothing of a group that is locked along with the others', async () => {
    await send('a1', 'a2', 'b1', 'b2');
    expect(bodies(await receive(1))).toEqual(['a1']);

    expect(bodies(await receive())).toEqual(['b1', 'b2']);
  });

  test('keeps a group locked until none of its messages is in flight', async () => {
    await send('a1', 'a2', 'a3');
    const [first, second] = await receive(2);

    await makeVisible(first!);
    expect(bodies(await receive())).toEqual([]);
    await makeVisible(second!);

    expect(bodies(await receive())).toEqual(['a1', 'a2', 'a3']);
  });

  test('puts messages that expire together back in order', async () => {
    await send('a1', 'a2', 'a3');
    const command = new ReceiveMessageCommand({
      QueueUrl: QueueUrl(),
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 1,
    });
    expect((await client.send(command)).Messages).toHaveLength(3);

    const again = new ReceiveMessageCommand({ QueueUrl: QueueUrl(), MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });

    expect(bodies((await client.send(again)).Messages ?? [])).toEqual(['a1', 'a2', 'a3']);
  });
});
