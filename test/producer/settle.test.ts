import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import type { Draft } from '../../producer/pack.ts';
import { settle } from '../../producer/settle.ts';
import { startScriptedAws } from '../cli/support/scripted-aws.ts';
import { localClient } from '../support/scripted-server.ts';

test('once it is to end, it reads no further, and tells of what was on its way', async () => {
  const aws = await startScriptedAws({
    SendMessageBatch: ({ Entries }) => ({
      output: { Successful: (Entries as { Id: string }[]).map(({ Id }) => ({ Id, MessageId: Id })) },
    }),
  });
  const client = new SQSClient({ ...localClient(aws.endpoint), md5: false });
  const ending = new AbortController();
  let read = 0;
  async function* many(): AsyncGenerator<readonly Draft<number>[]> {
    while (read < 500) {
      if (read === 25) ending.abort();
      yield [{ kind: 'user', input: read, user: { userId: `user-${read}` } }];
      read++;
    }
  }
  const queueUrl = `${aws.endpoint}/123456789012/users`;
  const options = { client, queueUrl, maxAttempts: 1, concurrency: 1, usersPerMessage: 1, signal: ending.signal };
  const told: number[] = [];
  for await (const { outcomes } of settle(many(), options)) told.push(...outcomes.map(({ input }) => input));
  // Two batches were full; of the third, nobody was told that it is sent.
  expect(told).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(read).toBe(25);
  client.destroy();
  await aws.stop();
}, 30_000);
