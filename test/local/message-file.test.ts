import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { createSqsClient } from '../../aws/sqs/local-sqs-client.ts';
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import { readLines, sendLines } from '../../local/message-file.ts';
import { startLocalSqs } from '../../local/sqs/local-sqs.ts';

/** The groups in which the messages of a file arrive in a FIFO queue. */
async function groupsOf(bodies: readonly string[]): Promise<readonly (string | undefined)[]> {
  const directory = mkdtempSync(join(tmpdir(), 'message-file-'));
  const sqs = await startLocalSqs();
  const client = createSqsClient(sqs);
  try {
    await sqs.createQueue({ name: 'users.fifo', attributes: { FifoQueue: 'true' } });
    const QueueUrl = sqs.queueUrl('users.fifo');
    const file = join(directory, 'users.jsonl');
    writeFileSync(file, bodies.join('\n'));
    expect(await sendLines(client, QueueUrl, await readLines(file))).toEqual([]);
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    return bodies.map((body) => Messages.find(({ Body }) => Body === body)?.Attributes?.MessageGroupId);
  } finally {
    client.destroy();
    await sqs.stop();
    rmSync(directory, { recursive: true });
  }
}

test('each user of a file has a group of its own, as in production', async () => {
  expect(await groupsOf(['{"userId":"a"}', '{"userId":"with space"}'])).toEqual([
    'a',
    groupOfUser({ userId: 'with space' }),
  ]);
});

test('all lines have one group if one of them holds several users, or nobody can say whom', async () => {
  expect(await groupsOf(['{"userId":"a"}', '{"users":[{"userId":"a"},{"userId":"b"}]}'])).toEqual(['file', 'file']);
  expect(await groupsOf(['{"userId":"a"}', 'null'])).toEqual(['file', 'file']);
});

test('a file of something else is refused before anything starts, and told how CSV is sent', async () => {
  await expect(readLines('samples/users.csv')).rejects.toThrow(
    /^samples\/users.csv is no JSON Lines: .* npx personalize-users send samples\/users.csv --local$/,
  );
  await expect(readLines('README.md')).rejects.toThrow('none of its lines begins with {');
});
