/** What one attempt after the other leaves in a FIFO dead-letter queue: SQS over HTTP, single entries failing. */
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSqsClient } from '../../aws/sqs/local-sqs-client.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { sendDeadLettersWith } from '../../lambda/aws/dead-letter-queue.ts';
import { createIngest } from '../../lambda/core/ingest.ts';
import type { Message } from '../../lambda/core/message.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import { type LocalSqs, startLocalSqs } from '../../local/sqs/local-sqs.ts';
import { createVirtualClock } from '../../simulation/planning/virtual-clock.ts';
import { INVALID_INPUT } from '../support/errors.ts';
import { message } from '../support/messages.ts';

const BAD = { poison: true };

describe('attempts of a FIFO queue', () => {
  let sqs: LocalSqs;
  let client: SQSClient;
  /** Entries that fail: those whose body has this in it. */
  let failing: string | undefined;
  beforeAll(async () => {
    sqs = await startLocalSqs();
    client = createSqsClient(sqs);
    client.middlewareStack.add(
      (next) => async (args) => {
        const input = args.input as { Entries?: { Id: string; MessageBody: string }[] };
        if (failing === undefined || !input.Entries) return next(args);
        const failed = input.Entries.filter(({ MessageBody }) => MessageBody.includes(failing!));
        const rest = input.Entries.filter((entry) => !failed.includes(entry));
        const Failed = failed.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
        if (rest.length === 0) return { response: {}, output: { Successful: [], Failed } } as never;
        const result = await next({ ...args, input: { ...input, Entries: rest } as never });
        return { ...result, output: { ...result.output, Failed } } as never;
      },
      { step: 'initialize' },
    );
  });
  afterAll(async () => {
    client.destroy();
    await sqs.stop();
  });

  async function deadLetters(name: string) {
    await sqs.createQueue({ name, attributes: { FifoQueue: 'true' } });
    const url = sqs.queueUrl(name);
    const clock = createVirtualClock(0);
    const ingest = createIngest(
      {
        clock,
        wallClock: clock.now,
        random: () => 0.5,
        putUsers: async (users) => {
          if (users.some(({ properties }) => properties?.includes('poison'))) throw INVALID_INPUT();
        },
        sendDeadLetters: sendDeadLettersWith(client, url),
        changeVisibility: async () => [],
      },
      createPacer({ callsPerSecond: 1000 }, clock),
      createMessageReader({ maxPropertiesLength: 4096 }),
      { maxReceiveCount: 10, backoff: { baseInSeconds: 1, maxInSeconds: 10 } },
    );
    const attempt = (batch: readonly Message[], failingEntries?: string) => {
      failing = failingEntries;
      return ingest(batch, { requestId: 'r', endsAt: clock.now() + 60_000 });
    };
    const bodies = async () => {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }),
      );
      return Messages.map(({ Body }) => JSON.parse(Body!) as { userId: string; properties: unknown });
    };
    return { attempt, bodies };
  }

  const again = (one: Message, times = 1): Message => ({ ...one, receiveCount: one.receiveCount + times });

  test('store a letter whose place among the letters was that of another before', async () => {
    const { attempt, bodies } = await deadLetters('place.fifo');
    const two = message(
      {
        users: [
          { userId: 'A', properties: BAD },
          { userId: 'B', properties: BAD },
        ],
      },
      { messageGroupId: 'g' },
    );
    expect((await attempt([two], '"B"')).failedMessageIds).toEqual([two.messageId]);
    const newer = message({ userId: 'A' }, { messageGroupId: 'g' });
    expect((await attempt([again(two), newer])).failedMessageIds).toEqual([]);
    expect((await bodies()).map(({ userId }) => userId)).toEqual(['A', 'B']);
  });

  test('store a letter once, however often they are repeated', async () => {
    const { attempt, bodies } = await deadLetters('once.fifo');
    const bad = message({ users: [{ userId: 'A', properties: BAD }, { userId: '' }] }, { messageGroupId: 'g' });
    await attempt([bad]);
    await attempt([again(bad)]);
    expect(await bodies()).toHaveLength(2);
  });

  test('store two users of a message that are the same twice', async () => {
    const { attempt, bodies } = await deadLetters('twice.fifo');
    const bad = { userId: 'A', properties: BAD };
    await attempt([message({ users: [{ userId: '' }, bad, { userId: '' }] }, { messageGroupId: 'g' })]);
    expect((await bodies()).map(({ userId }) => userId)).toEqual(['', 'A', '']);
  });

  test('keep the order of the letters of a group, when the first of them failed', async () => {
    const { attempt, bodies } = await deadLetters('order.fifo');
    const value = (n: number) => message({ userId: 'A', properties: { n, poison: true } }, { messageGroupId: 'g' });
    const [older, newer] = [value(1), value(2)];
    const other = message({ userId: 'C', properties: BAD }, { messageGroupId: 'h' });
    const first = await attempt([older, other, newer], '"n":1');
    expect(first.failedMessageIds).toEqual([older.messageId, newer.messageId]);
    await attempt([again(older), again(newer)]);
    const stored = await bodies();
    expect(stored.filter(({ userId }) => userId === 'C')).toHaveLength(1);
    expect(stored.filter(({ userId }) => userId === 'A').map(({ properties }) => properties)).toEqual([
      { n: 1, poison: true },
      { n: 2, poison: true },
    ]);
  });
});
