/** `dlq replay` on FIFO queues, as a process: what it says of letters that wait for others. */
import { createHash } from 'node:crypto';
import { expect, jest, test } from '@jest/globals';
import { startLetterQueues } from '../support/letter-queues.ts';
import { awsAt, runCli } from '../support/run-cli.ts';
import { stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

test('a replay of a selection says what waits, and how to let it through', async () => {
  const queues = await startLetterQueues({ fifo: true });
  try {
    await queues.putLetters(
      ['X', 'Y', 'X', 'X'].map((errorCode, n) => ({
        body: `{"userId":"a","properties":{"n":${n}}}`,
        errorCode,
        messageGroupId: 'a',
      })),
    );
    const replay = (...args: string[]) => runCli(['dlq', 'replay', '--world', queues.worldFile, '--yes', ...args]);
    const { code, stdout } = await replay('--error-code', 'X');
    expect(code).toBe(3);
    expect(stdout).toContain('1 dead letter replayed.\nLeft in the dead-letter queue: 2 dead letters:\n');
    expect(stdout).toContain('       2  behind a letter of its message group that was not selected\n');
    expect(stdout).toContain('Replay that first, without --error-code and --since');
    const json = await replay('--error-code', 'X', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ replayed: 0, waiting: 2, notSelected: 1 });

    expect(await replay()).toMatchObject({ code: 0, stdout: '3 dead letters replayed.\n' });
    const sent = (await queues.allBodies()).users.map((body) => JSON.parse(body).properties.n);
    expect(sent).toEqual([0, 1, 2, 3]);
  } finally {
    await queues.stop();
  }
});

test('what is behind a letter that cannot be read waits', async () => {
  const url = (name: string) => `https://sqs.eu-west-1.amazonaws.com/123456789012/${name}.fifo`;
  const message = (id: string, attributes: object = { SentTimestamp: '1' }) => ({
    MessageId: id,
    ReceiptHandle: id,
    Body: id,
    MD5OfBody: createHash('md5').update(id).digest('hex'),
    Attributes: { MessageGroupId: id.slice(0, 1), ...attributes },
  });
  const letters = [message('a1'), message('b1'), message('a2', {}), message('a3')];
  const sent: string[] = [];
  let receives = 0;
  const aws = await startScriptedAws(
    {
      GetQueueAttributes: () => ({ output: { Attributes: { ApproximateNumberOfMessages: '4' } } }),
      ReceiveMessage: () => ({ output: receives++ > 0 ? {} : { Messages: letters } }),
      ChangeMessageVisibilityBatch: () => ({ output: {} }),
      SendMessageBatch: ({ Entries }) => {
        const entries = Entries as readonly { Id: string; MessageBody: string }[];
        sent.push(...entries.map(({ MessageBody }) => MessageBody));
        return {
          output: {
            Successful: entries.map(({ Id, MessageBody }) => ({
              Id,
              MessageId: Id,
              MD5OfMessageBody: createHash('md5').update(MessageBody).digest('hex'),
            })),
          },
        };
      },
      DeleteMessageBatch: ({ Entries }) => ({
        output: { Successful: (Entries as readonly { Id: string }[]).map(({ Id }) => ({ Id })) },
      }),
    },
    { Mine: stackOutputs({ usersUrl: url('users'), lettersUrl: url('letters') }) },
  );
  try {
    const args = ['dlq', 'replay', '--yes', '--limit', '9', '--json', '--stack', 'Mine'];
    const { code, stdout } = await runCli(args, awsAt(aws.endpoint));
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      replayed: 2,
      waiting: 1,
      stayed: [{ reason: 'behind a letter of its message group that cannot be read', count: 1 }],
      unreadable: [{ messageId: 'a2' }],
    });
    expect(sent).toEqual(['a1', 'b1']);
  } finally {
    await aws.stop();
  }
});
