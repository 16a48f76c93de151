/** The producer against a real SQS over HTTP, and against one that fails as a test says. */

import { setImmediate } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import { type User, UserProducer, UserRefusedError, UsersNotSentError } from '../../producer/index.ts';
import { USER_IDS } from '../../test/docs/user-ids.ts';
import { type LetterQueues, startLetterQueues } from '../cli/support/letter-queues.ts';
import { type AwsAnswer, type ScriptedAws, startScriptedAws } from '../cli/support/scripted-aws.ts';
import { until } from '../local/sqs/until.ts';
import { localClient, startScriptedServer } from '../support/scripted-server.ts';
import { drain } from './drain.ts';

interface Member {
  age?: number;
  favouriteGenres?: string[];
}

const users = (howMany: number, from = 0): User<Member>[] =>
  Array.from({ length: howMany }, (_, index) => ({ userId: `user-${from + index}`, properties: { age: index } }));

const usersOf = (body: string): readonly { userId: string }[] => {
  const parsed = JSON.parse(body);
  return parsed.users ?? [parsed];
};

async function userIds(queues: LetterQueues): Promise<readonly string[]> {
  return (await queues.takeUsers()).flatMap(({ body }) => usersOf(body).map(({ userId }) => userId));
}

describe('a producer', () => {
  let queues: LetterQueues;
  beforeEach(async () => {
    queues = await startLetterQueues();
  });
  afterEach(() => queues.stop());

  const producer = (options = {}) =>
    new UserProducer<Member>({ queueUrl: queues.users.url, client: queues.client, ...options });

  test('sends a user, and says in which message', async () => {
    await using one = producer();
    const sent = await one.send({ userId: 'a', properties: { age: 31, favouriteGenres: ['Crime', 'Drama'] } });
    expect(sent.messageId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await queues.takeUsers()).toMatchObject([
      { body: '{"userId":"a","properties":{"age":31,"favouriteGenres":"Crime|Drama"}}' },
    ]);
  });

  test('that knows the schema sends what fits, by the names of properties, and refuses what surely does not', async () => {
    const fields = [
      { name: 'USER_ID', type: 'string' },
      { name: 'AGE', type: ['null', 'int'] },
    ];
    const schema = { type: 'record', name: 'Users', fields };
    await using one = producer({ schema });
    const { sent, refusals } = await one.sendAll([
      { userId: 'a', properties: { AGE: 31 } as Member },
      { userId: 'b', properties: { age: '31' } as unknown as Member },
      { userId: 'c', properties: { age: 31.5 } },
      { userId: 'd', properties: { age: true } as unknown as Member },
    ]);
    expect(sent).toBe(3);
    expect(refusals).toMatchObject([
      { index: 2, reason: { code: 'SchemaMismatch', message: expect.stringContaining('age: 31.5 has a fraction') } },
    ]);
    expect((await queues.takeUsers()).map(({ body }) => JSON.parse(body).properties)).toEqual(
      expect.arrayContaining([{ age: 31 }, { age: '31' }, { age: true }]),
    );
    await using strict = producer({ schema: JSON.stringify(schema), schemaCheck: 'all' });
    await expect(strict.send({ userId: 'd', properties: { age: true } as unknown as Member })).rejects.toThrow(
      'properties.age: true is no number',
    );
  });

  test.each([
    [{ schema: '{' }, /^schema takes the Avro schema of a Users dataset: the schema is not JSON/],
    [{ schema: { type: 'map' } }, /^schema takes .* type must be "record", not "map"\.$/],
    [{ schemaCheck: 'strict' }, /^schemaCheck takes one of certain, all, separate, off, not strict\.$/],
  ])('with %j says what it takes', (options, message) => {
    expect(() => producer(options)).toThrow(message);
  });

  test('says where its users come from, if it is told', async () => {
    await using one = producer({ source: 'nightly-load' });
    await one.send({ userId: 'a' });
    await one.sendAll(users(12));
    const sources = (await queues.takeUsers()).map(({ messageGroupId }) => messageGroupId);
    expect(sources).toEqual(Array.from({ length: 13 }, () => 'nightly-load'));
  });

  test('says nothing of where they come from, if it is not', async () => {
    await using one = producer();
    await one.send({ userId: 'a' });
    expect((await queues.takeUsers()).map(({ messageGroupId }) => messageGroupId)).toEqual([undefined]);
  });

  test('sends users together that are given together', async () => {
    await using one = producer({ usersPerMessage: 5 });
    await Promise.all(users(12).map((user) => one.send(user)));
    expect((await queues.takeUsers()).map(({ body }) => usersOf(body).length).sort()).toEqual([2, 5, 5]);
  });

  test('does not send a user that breaks the contract', async () => {
    await using one = producer();
    await expect(one.send({ userId: '' })).rejects.toThrow(
      new UserRefusedError({ code: '', message: 'userId: must not be empty' }),
    );
    expect(queues.usersDepth().visible).toBe(0);
  });

  test('has sent all when it is closed, and takes no more', async () => {
    const one = producer({ maxDelayInMilliseconds: 60_000 });
    const sending = users(3).map((user) => one.send(user));
    await one.close();
    expect(await Promise.all(sending)).toHaveLength(3);
    expect(queues.usersDepth().visible).toBe(3);
    await expect(one.send({ userId: 'late' })).rejects.toThrow('The producer is closed');
    await expect(one.sendAll([])).rejects.toThrow('The producer is closed');
  });

  test('is closed at the end of its block', async () => {
    const one = producer();
    {
      await using inBlock = one;
      await inBlock.flush();
    }
    await expect(one.send({ userId: 'late' })).rejects.toThrow('The producer is closed');
  });

  test('sends at once what fills a call, without waiting for more', async () => {
    await using one = producer({ maxDelayInMilliseconds: 60_000, usersPerMessage: 2 });
    const sent = await Promise.all(users(60).map((user) => one.send(user)));
    expect(new Set(sent.map(({ messageId }) => messageId)).size).toBe(30);
  });

  test('waits for more as long as a call is not full', async () => {
    await using one = producer({ maxDelayInMilliseconds: 60_000, usersPerMessage: 2 });
    const sending = users(19).map((user) => one.send(user));
    await setImmediate();
    expect(queues.sqs.depth('users').visible).toBe(0);
    await one.flush();
    expect(await Promise.all(sending)).toHaveLength(19);
  });

  test('has nothing to say of no users', async () => {
    await using one = producer();
    expect(await one.sendAll([])).toEqual({ settled: 0, sent: 0, messages: 0, refused: 0, refusals: [] });
  });

  test('sends all of many, and reports those that it refused, with their place', async () => {
    await using one = producer({ usersPerMessage: 10 });
    const given = [...users(40), { userId: '' }, ...users(60, 40)];
    const report = await one.sendAll(given);
    expect(report).toEqual({
      settled: 101,
      sent: 100,
      messages: 10,
      refused: 1,
      refusals: [
        {
          index: 40,
          user: { userId: '' },
          reason: { code: 'MessageContractViolation', message: 'userId: must not be empty' },
        },
      ],
    });
    expect((await userIds(queues)).toSorted()).toEqual(
      users(100)
        .map(({ userId }) => userId)
        .toSorted(),
    );
  });

  test('tells of refusals one by one, and then keeps none', async () => {
    await using one = producer();
    const refused: number[] = [];
    const report = await one.sendAll([{ userId: '' }, { userId: 'a' }, { userId: '' }], {
      onRefused: async ({ index }) => void refused.push(index),
    });
    expect(refused).toEqual([0, 2]);
    expect(report).toMatchObject({ sent: 1, refused: 2, refusals: [] });
  });

  test('sends each user although requests, replies and entries fail', async () => {
    queues.sqs.setFaults([{ action: 'SendMessageBatch', refused: 0.1, replyDropped: 0.1, entriesFailed: 0.3 }], 7);
    await using one = producer({ maxAttempts: 30 });
    const report = await one.sendAll(users(300));
    expect(report).toMatchObject({ settled: 300, sent: 300, refused: 0 });
    expect(queues.sqs.faultCounts().failedEntries).toBeGreaterThan(50);
    queues.sqs.setFaults([], 0);
    expect(new Set(await userIds(queues))).toEqual(new Set(users(300).map(({ userId }) => userId)));
  }, 60_000);

  test('tells each of those who wait what became of theirs, though what comes later cannot be sent', async () => {
    await using one = producer({ maxDelayInMilliseconds: 60_000, maxAttempts: 1, usersPerMessage: 1 });
    const sending = users(3).map((user) => one.send(user));
    await one.flush();
    queues.sqs.setFaults([{ action: 'SendMessageBatch', entriesFailed: 1 }], 1);
    const failing = one.send({ userId: 'late' });
    const told = Promise.allSettled([...sending, failing]);
    await one.flush();
    expect((await told).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    await expect(failing).rejects.toMatchObject({ name: 'UsersNotSentError', report: { settled: 0, refusals: [] } });
    queues.sqs.setFaults([], 0);
  });

  test('ends with an error that says how far it came, when there is no such queue', async () => {
    await using one = producer({ queueUrl: queues.sqs.queueUrl('none') });
    const error = await one.sendAll(users(3)).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(UsersNotSentError);
    expect(error).toMatchObject({ report: { settled: 0 }, cause: { name: 'QueueDoesNotExist' } });
    await expect(one.send({ userId: 'a' })).rejects.toBeInstanceOf(UsersNotSentError);
  });

  test('says how far it came when reading the users fails', async () => {
    await using one = producer();
    async function* broken() {
      yield* users(25);
      throw new Error('the database is gone');
    }
    const error = await one.sendAll(broken()).catch((thrown) => thrown);
    expect(error.cause).toEqual(new Error('the database is gone'));
    expect(await userIds(queues)).toHaveLength(error.report.settled);
  });

  test.each([
    [{ queueUrl: 'users' }, "queueUrl takes the URL of the users queue, the stack's output QueueUrl, not users."],
    [{ queueUrl: 'arn:aws:sqs:eu-west-1:123456789012:users' }, 'queueUrl takes the URL of the users queue'],
    [{ queueUrl: undefined }, 'queueUrl takes the URL of the users queue'],
    [{ usersPerMessage: 0 }, 'usersPerMessage takes a whole number from 1 to 10000, not 0.'],
    [{ messageGroupId: 'a' }, 'messageGroupId is for FIFO queues'],
    [{ usersPerMessage: 10_001 }, 'usersPerMessage takes a whole number from 1 to 10000, not 10001.'],
    [{ concurrency: 0 }, 'concurrency takes a whole number from 1 to 1000, not 0.'],
    [{ concurrency: 1_001 }, 'concurrency takes a whole number from 1 to 1000, not 1001.'],
    [{ maxAttempts: 0 }, 'maxAttempts takes a whole number from 1 to 1000, not 0.'],
    [{ maxPropertiesLength: 0 }, 'maxPropertiesLength takes a whole number from 1 to 1000000, not 0.'],
    [{ maxDelayInMilliseconds: -1 }, 'maxDelayInMilliseconds takes a whole number from 0 to 60000, not -1.'],
    [{ source: 5 }, 'source takes 1 to 128 letters, digits and punctuation characters, not 5.'],
    [{ source: 'a b' }, 'source takes 1 to 128 letters, digits and punctuation characters, not "a b".'],
    [{ source: '' }, 'source takes 1 to 128'],
    [
      { queueUrl: 'http://127.0.0.1:1/0/users.fifo', source: 'a' },
      'source is for standard queues, and http://127.0.0.1:1/0/users.fifo is a FIFO queue, whose groups keep an order.',
    ],
  ])('refuses %p', (options, sentence) => {
    expect(() => producer(options)).toThrow(sentence);
  });

  test('refuses to be made without options', () => {
    expect(() => new (UserProducer as unknown as new () => unknown)()).toThrow(
      'queueUrl takes the URL of the users queue',
    );
  });

  test('takes the least and the most of each', async () => {
    const most = { usersPerMessage: 10_000, concurrency: 1_000, maxAttempts: 1_000, maxPropertiesLength: 1_000_000 };
    await producer({ ...most, maxDelayInMilliseconds: 60_000 }).close();
    const least = { usersPerMessage: 1, concurrency: 1, maxAttempts: 1, maxPropertiesLength: 1 };
    await producer({ ...least, maxDelayInMilliseconds: 0 }).close();
  });
});

describe('a producer of a FIFO queue', () => {
  let queues: LetterQueues;
  beforeEach(async () => {
    queues = await startLetterQueues({ fifo: true });
  });
  afterEach(() => queues.stop());

  test('keeps the order of each user, whatever fails', async () => {
    queues.sqs.setFaults([{ action: 'SendMessageBatch', replyDropped: 0.2, entriesFailed: 0.3 }], 3);
    await using one = new UserProducer<Member>({ queueUrl: queues.users.url, client: queues.client, maxAttempts: 50 });
    const given = Array.from({ length: 60 }, (_, age) => ({ userId: `user-${age % 4}`, properties: { age } }));
    await one.sendAll(given);
    queues.sqs.setFaults([], 0);

    const taken: User<Member>[] = (await drain(queues.client, queues.users.url)).map(({ Body }) => JSON.parse(Body!));
    for (const userId of ['user-0', 'user-1', 'user-2', 'user-3']) {
      const ages = (all: readonly User<Member>[]) =>
        all.filter((user) => user.userId === userId).map(({ properties }) => properties!.age);
      expect(ages(taken)).toEqual(ages(given));
    }
  }, 60_000);

  test('makes the userId the group, or its hash where SQS does not take it', async () => {
    await using one = new UserProducer<Member>({ queueUrl: queues.users.url, client: queues.client });
    await one.sendAll(USER_IDS.map((userId) => ({ userId })));
    const taken = await queues.takeUsers();
    expect(new Map(taken.map(({ body, messageGroupId }) => [usersOf(body)[0]!.userId, messageGroupId]))).toEqual(
      new Map(USER_IDS.map((userId) => [userId, groupOfUser({ userId })])),
    );
  });

  test('puts users into the groups that it is told', async () => {
    await using one = new UserProducer<Member>({
      queueUrl: queues.users.url,
      client: queues.client,
      usersPerMessage: 10,
      messageGroupId: ({ userId }) => `shard-${userId.at(-1)}`,
    });
    await one.sendAll([{ userId: 'a1' }, { userId: 'b1' }, { userId: 'c2' }]);
    const taken = await queues.takeUsers();
    expect(taken.map(({ messageGroupId, body }) => [messageGroupId, usersOf(body).length])).toEqual([
      ['shard-1', 2],
      ['shard-2', 1],
    ]);
  });

  test('puts all users into one group, if it is told so', async () => {
    const options = { queueUrl: queues.users.url, client: queues.client, messageGroupId: 'all' };
    await using one = new UserProducer<Member>(options);
    await one.sendAll(users(3));
    expect((await queues.takeUsers()).map(({ messageGroupId }) => messageGroupId)).toEqual(['all', 'all', 'all']);
  });

  test('gives each user a group, and one that SQS takes though it would not take the userId', async () => {
    await using one = new UserProducer<Member>({ queueUrl: queues.users.url, client: queues.client });
    await one.sendAll([{ userId: 'a' }, { userId: 'a b' }]);
    expect((await queues.takeUsers()).map(({ messageGroupId }) => messageGroupId)).toEqual([
      'a',
      'c8687a08aa5d6ed2044328fa6a697ab8e96dc34291e8c2034ae8c38e6fcc6d65',
    ]);
  });

  test.each(['a b', '', 'x'.repeat(129)])(
    'refuses to be made for the group %j, which SQS would not take',
    (messageGroupId) => {
      const options = { queueUrl: queues.users.url, client: queues.client, messageGroupId };
      expect(() => new UserProducer(options)).toThrow(
        `messageGroupId takes 1 to 128 letters, digits and punctuation characters, not ${JSON.stringify(messageGroupId)}.`,
      );
    },
  );

  test('refuses a user whose group SQS would not take', async () => {
    await using one = new UserProducer({
      queueUrl: queues.users.url,
      client: queues.client,
      messageGroupId: () => 'a b',
    });
    await expect(one.send({ userId: 'a' })).rejects.toThrow('messageGroupId takes 1 to 128');
    expect(await one.sendAll([{ userId: 'a' }])).toMatchObject({
      refusals: [{ index: 0, reason: { code: 'InvalidMessageGroupId' } }],
    });
  });
});

describe('users that are read from somewhere', () => {
  test('are read no further ahead than a few batches, however many there are', async () => {
    let read = 0;
    let release = () => {};
    const isReleased = new Promise<void>((resolve) => {
      release = resolve;
    });
    const server = await startScriptedServer(async (_request, response, body) => {
      const { Entries } = JSON.parse(body) as { Entries: { Id: string }[] };
      // The first batch hangs: whatever comes after waits for it, so that it is told of in its order.
      if (server.requests() === 1) await isReleased;
      response.end(JSON.stringify({ Successful: Entries.map(({ Id }) => ({ Id, MessageId: Id })) }));
    });
    const client = new SQSClient({ ...localClient(server.endpoint), md5: false });
    const one = new UserProducer({ queueUrl: `${server.endpoint}/123456789012/users`, client, concurrency: 2 });
    async function* many() {
      for (; read < 2_000; read++) {
        yield { userId: `user-${read}` };
        // Lets requests and replies pass, so that there is time to read too much.
        await setImmediate();
      }
    }
    const sending = one.sendAll(many());
    try {
      await until(() => server.requests() >= 4);
      for (let turns = 0; turns < 500; turns++) await setImmediate();
      // Two batches at a time and two that wait, of ten each, and one that fills.
      expect(read).toBeLessThanOrEqual(51);
    } finally {
      release();
      expect(await sending).toMatchObject({ sent: 2_000 });
      client.destroy();
      await server.stop();
    }
  }, 30_000);
});

describe('what the queue answers', () => {
  let aws: ScriptedAws;
  let client: SQSClient;
  afterEach(async () => {
    client.destroy();
    await aws.stop();
  });

  interface Entry {
    readonly Id: string;
    readonly MessageBody: string;
    readonly MessageDeduplicationId?: string;
  }

  async function producerOf(
    answer: (entries: readonly Entry[], call: number) => AwsAnswer,
    queue = 'users',
    options = {},
  ) {
    let calls = 0;
    aws = await startScriptedAws({
      SendMessageBatch: ({ Entries }) => answer(Entries as Entry[], ++calls),
    });
    client = new SQSClient({ ...localClient(aws.endpoint), md5: false });
    return new UserProducer<Member>({
      queueUrl: `${aws.endpoint}/123456789012/${queue}`,
      client,
      maxAttempts: 3,
      ...options,
    });
  }

  const confirmed = (entries: readonly Entry[]) => entries.map(({ Id }) => ({ Id, MessageId: `message-${Id}` }));

  test('is not asked again about an entry that is at fault', async () => {
    const one = await producerOf((entries) => ({
      output: {
        Successful: confirmed(entries.slice(1)),
        Failed: [{ Id: '0', Code: 'InvalidMessageContents', Message: 'bad characters', SenderFault: true }],
      },
    }));
    const report = await one.sendAll(users(3));
    expect(report).toMatchObject({
      sent: 2,
      messages: 2,
      refusals: [
        { index: 0, reason: { code: 'InvalidMessageContents', message: 'the queue refused it: bad characters' } },
      ],
    });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(1);
  });

  test('is told to whoever sent the one user that is at fault', async () => {
    const failed = { Id: '0', Code: 'InvalidMessageContents', Message: 'bad characters', SenderFault: true };
    const one = await producerOf(() => ({ output: { Failed: [failed] } }));
    await expect(one.send({ userId: 'a' })).rejects.toMatchObject({
      name: 'UserRefusedError',
      message: 'the queue refused it: bad characters',
      reason: { code: 'InvalidMessageContents' },
    });
  });

  test.each([
    [{ Code: 'InternalError', SenderFault: false }],
    // What passes is told by its name first: a throttled request is the sender's fault, as SQS has it.
    [{ Code: 'RequestThrottled', SenderFault: true }],
  ])('is asked again about entries that failed with %p, and about no others', async (failure) => {
    const one = await producerOf((entries, call) =>
      call === 1
        ? { output: { Successful: confirmed(entries.slice(0, 1)), Failed: [{ Id: '1', ...failure }] } }
        : { output: { Successful: confirmed(entries) } },
    );
    expect(await one.sendAll(users(2))).toMatchObject({ sent: 2 });
    const sent = aws.callsOf('SendMessageBatch').map(({ input }) => (input.Entries as Entry[]).map(({ Id }) => Id));
    expect(sent).toEqual([['0', '1'], ['1']]);
  });

  test('is asked again about an entry that it says nothing of', async () => {
    const one = await producerOf((entries, call) => ({ output: { Successful: confirmed(call === 1 ? [] : entries) } }));
    expect(await one.sendAll(users(1))).toMatchObject({ sent: 1 });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(2);
  });

  test('is taken for an error when attempts have run out', async () => {
    const one = await producerOf(() => ({
      output: { Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] },
    }));
    await expect(one.sendAll(users(1))).rejects.toMatchObject({
      report: { settled: 0 },
      cause: { name: 'InternalError' },
    });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(3);
  });

  test('is taken for an error at once when nobody may send, or the key may not be used', async () => {
    const denied = await producerOf(() => ({ error: 'AccessDenied', status: 403 }));
    await expect(denied.sendAll(users(1))).rejects.toMatchObject({ cause: { name: 'AccessDenied' } });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(1);
    client.destroy();
    await aws.stop();
    const failed = [{ Id: '0', Code: 'KmsAccessDenied', SenderFault: true }];
    const noKey = await producerOf(() => ({ output: { Failed: failed } }));
    await expect(noKey.sendAll(users(1))).rejects.toMatchObject({ cause: { name: 'KmsAccessDenied' } });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(1);
  });

  test('does not change the deduplication id', async () => {
    const one = await producerOf(
      (entries, call) =>
        call === 1
          ? { output: { Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] } }
          : { output: { Successful: confirmed(entries) } },
      'users.fifo',
    );
    await one.sendAll(users(1));
    const [first, second] = aws.callsOf('SendMessageBatch').map(({ input }) => (input.Entries as Entry[])[0]!);
    expect(first!.MessageDeduplicationId).toBe(second!.MessageDeduplicationId);
  });
});
