/** Packed messages with very many bad users, on a FIFO queue: SQS over HTTP, single entries failing. */
import { DeleteMessageBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createSqsClient } from '../../aws/sqs/local-sqs-client.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { sendDeadLettersWith } from '../../lambda/aws/dead-letter-queue.ts';
import { createIngest } from '../../lambda/core/ingest.ts';
import type { Message } from '../../lambda/core/message.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import { type LocalSqs, startLocalSqs } from '../../local/sqs/local-sqs.ts';
import { createVirtualClock } from '../../simulation/planning/virtual-clock.ts';
import { message } from '../support/messages.ts';

interface Letter {
  readonly users: readonly { readonly userId: string; readonly n?: number }[];
  readonly group: string;
  readonly code: string;
  readonly reason: string;
}

describe('the letters of a packed message', () => {
  let sqs: LocalSqs;
  let client: SQSClient;
  let calls = 0;
  beforeAll(async () => {
    sqs = await startLocalSqs();
    client = createSqsClient(sqs);
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          if (commandName === 'SendMessageBatchCommand') calls++;
          return next(args);
        },
      { step: 'initialize' },
    );
  });
  afterAll(async () => {
    client.destroy();
    await sqs.stop();
  });

  async function queue(name: string) {
    await sqs.createQueue({ name, attributes: name.endsWith('.fifo') ? { FifoQueue: 'true' } : {} });
    const url = sqs.queueUrl(name);
    const clock = createVirtualClock(0);
    const ingest = createIngest(
      {
        clock,
        wallClock: clock.now,
        random: () => 0.5,
        putUsers: async () => {},
        sendDeadLetters: sendDeadLettersWith(client, url),
        changeVisibility: async () => [],
      },
      createPacer({ callsPerSecond: 1000 }, clock),
      createMessageReader({ maxPropertiesLength: 4096 }),
      { maxReceiveCount: 10, backoff: { baseInSeconds: 1, maxInSeconds: 10 } },
    );
    const attempt = async (batch: readonly Message[]) => {
      calls = 0;
      return ingest(batch, { requestId: 'r', endsAt: clock.now() + 60_000 });
    };
    const drain = async (): Promise<readonly Letter[]> => {
      const letters: Letter[] = [];
      for (;;) {
        const { Messages = [] } = await client.send(
          new ReceiveMessageCommand({
            QueueUrl: url,
            MaxNumberOfMessages: 10,
            MessageAttributeNames: ['All'],
            MessageSystemAttributeNames: ['All'],
          }),
        );
        if (Messages.length === 0) return letters;
        for (const { Body, Attributes, MessageAttributes } of Messages) {
          const body = JSON.parse(Body!);
          letters.push({
            users: body.users ?? [body],
            group: Attributes?.MessageGroupId ?? '',
            code: MessageAttributes?.ErrorCode?.StringValue ?? '',
            reason: MessageAttributes?.ErrorMessage?.StringValue ?? '',
          });
        }
        const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
        await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      }
    };
    return { attempt, drain, url };
  }

  /** It breaks the contract. */
  const bad = (userId: string, n = 0) => ({ userId, n });
  const packed = (users: readonly unknown[]) => message({ users }, { messageGroupId: 'shard-1' });
  const many = (count: number) => Array.from({ length: count }, (_, index) => bad(`user-${index}`));

  test('of different users go ten in a call, so that hundreds are stored in one invocation', async () => {
    const { attempt, drain } = await queue('hundreds.fifo');
    const { failedMessageIds, summarize } = await attempt([packed(many(300))]);
    expect(failedMessageIds).toEqual([]);
    expect(calls).toBe(30);
    expect(summarize().users.rejected).toBe(300);
    const letters = await drain();
    expect(letters.flatMap(({ users }) => users)).toEqual(many(300));
    expect(new Set(letters.map(({ group }) => group))).toEqual(new Set(['shard-1']));
  });

  test.each(['thousands.fifo', 'thousands'])('of thousands of users are one, on %s', async (name) => {
    const { attempt, drain } = await queue(name);
    const users = [...many(4_999), { userId: 'good' }, 7];
    const { failedMessageIds, summarize } = await attempt([
      name.endsWith('.fifo') ? packed(users) : message({ users }),
    ]);
    expect(failedMessageIds).toEqual([]);
    expect(calls).toBe(1);
    expect(summarize().users).toMatchObject({ delivered: 1, rejected: 5_000 });
    expect(summarize().deadLetterReasons).toEqual({ MessageContractViolation: 5_000 });
    const letters = await drain();
    expect(letters).toHaveLength(1);
    expect(letters[0]!.users).toEqual([...many(4_999), 7]);
    expect(letters[0]).toMatchObject({
      code: 'MessageContractViolation',
      reason:
        '5000 users of one message, too many for a letter each: MessageContractViolation of 5000. The first of them, ' +
        'users[0]: users[0].n: is not a member of the message contract',
    });
  });

  test('of very large users are some, each with room for its reason', async () => {
    const { attempt, drain } = await queue('large.fifo');
    const users = Array.from({ length: 400 }, (_, index) => ({ userId: `user-${index}`, [`${'x'.repeat(2_500)}`]: 1 }));
    expect((await attempt([packed(users)])).failedMessageIds).toEqual([]);
    const letters = await drain();
    expect(letters.length).toBeGreaterThan(1);
    expect(letters.length).toBeLessThan(5);
    for (const { code } of letters) expect(code).toBe('MessageContractViolation');
    expect(letters.flatMap((letter) => letter.users)).toEqual(users);
  });

  test('of one user keep their order, and are one where there are many', async () => {
    const { attempt, drain } = await queue('one-user.fifo');
    const records = (count: number) => Array.from({ length: count }, (_, n) => bad('a', n));
    await attempt([packed(records(20))]);
    expect(calls).toBe(20);
    expect((await drain()).map(({ users }) => users[0]!.n)).toEqual(records(20).map(({ n }) => n));
    await attempt([packed(records(200))]);
    expect(calls).toBe(1);
    expect((await drain()).flatMap(({ users }) => users)).toEqual(records(200));
  });

  test('are stored in some attempts when single entries fail, each user in its order', async () => {
    const { attempt, drain, url } = await queue('failing.fifo');
    const first = packed(Array.from({ length: 90 }, (_, index) => bad(`user-${index % 30}`, index)));
    const second = packed(Array.from({ length: 30 }, (_, index) => bad(`user-${index}`, 100)));
    sqs.setFaults([{ action: 'SendMessageBatch', queueUrl: url, entriesFailed: 0.05 }], 3);
    let left = [first, second];
    let attempts = 0;
    while (left.length > 0) {
      attempts++;
      const { failedMessageIds } = await attempt(left);
      left = left.filter(({ messageId }) => failedMessageIds.includes(messageId));
      if (attempts === 9) sqs.setFaults([], 1);
    }
    sqs.setFaults([], 1);
    expect(attempts).toBeGreaterThan(1);
    const byUser = Object.groupBy(
      (await drain()).flatMap(({ users }) => users),
      ({ userId }) => userId,
    );
    expect(Object.keys(byUser)).toHaveLength(30);
    for (let index = 0; index < 30; index++) {
      expect(byUser[`user-${index}`]!.map(({ n }) => n)).toEqual([index, index + 30, index + 60, 100]);
    }
  });

  test('who is in the group of another user has a letter in its own group, and the other is delivered', async () => {
    const { attempt, drain } = await queue('misplaced.fifo');
    const mixed = message({ users: [{ userId: 'a' }, { userId: 'b' }, { userId: 'c' }] }, { messageGroupId: 'a' });
    const { failedMessageIds, summarize } = await attempt([mixed]);
    expect(failedMessageIds).toEqual([]);
    expect(summarize().users).toMatchObject({ delivered: 1, rejected: 2 });
    expect((await drain()).map(({ users, group }) => [users[0]!.userId, group])).toEqual([
      ['b', 'b'],
      ['c', 'c'],
    ]);
  });
});
