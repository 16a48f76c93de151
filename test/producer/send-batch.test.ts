/** A batch that is to end, because of Ctrl-C say, and what a queue answers that is not in its API. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type Sending, sendBatch } from '../../producer/send-batch.ts';
import { type AwsAnswer, type ScriptedAws, startScriptedAws } from '../cli/support/scripted-aws.ts';
import { localClient } from '../support/scripted-server.ts';

let aws: ScriptedAws;
let client: SQSClient;
afterEach(async () => {
  jest.restoreAllMocks();
  client.destroy();
  await aws.stop();
});

async function sendingTo(answer: (call: number) => AwsAnswer, options: Partial<Sending> = {}): Promise<Sending> {
  let calls = 0;
  aws = await startScriptedAws({ SendMessageBatch: () => answer(++calls) });
  client = new SQSClient({ ...localClient(aws.endpoint), md5: false });
  return { client, queueUrl: `${aws.endpoint}/123456789012/users`, maxAttempts: 100, ...options };
}

const ONE = [{ MessageBody: '{"userId":"a"}' }];
const SENT: AwsAnswer = { output: { Successful: [{ Id: '0', MessageId: 'm' }] } };
const FAILED: AwsAnswer = { output: { Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }] } };

describe('a batch that is to end', () => {
  test('has five more attempts, so that an operator who has pressed Ctrl-C does not wait for a hundred', async () => {
    const sending = await sendingTo(() => FAILED, { signal: AbortSignal.abort() });
    await expect(sendBatch(ONE, sending)).rejects.toMatchObject({ name: 'InternalError' });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(5);
  });

  test('has the five from then on, whatever it has had before', async () => {
    const ending = new AbortController();
    const sending = await sendingTo(
      (call) => {
        if (call === 3) ending.abort();
        return FAILED;
      },
      { signal: ending.signal },
    );
    await expect(sendBatch(ONE, sending)).rejects.toMatchObject({ name: 'InternalError' });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(2 + 5);
  });

  test('has no more than it would have had', async () => {
    const sending = await sendingTo(() => FAILED, { signal: AbortSignal.abort(), maxAttempts: 2 });
    await expect(sendBatch(ONE, sending)).rejects.toMatchObject({ name: 'InternalError' });
    expect(aws.callsOf('SendMessageBatch')).toHaveLength(2);
  });

  test('is brought to its end although its pause is cut short', async () => {
    const ending = new AbortController();
    const sending = await sendingTo((call) => (call === 1 ? FAILED : SENT), { signal: ending.signal });
    // Asked for just before the pause begins.
    jest.spyOn(Math, 'random').mockImplementation(() => {
      if (aws.callsOf('SendMessageBatch').length === 1) setImmediate(() => ending.abort());
      return 0.99;
    });
    expect(await sendBatch(ONE, sending)).toEqual([{ kind: 'sent', messageId: 'm' }]);
  });
});

test('a batch without messages makes no call, since SQS refuses an empty one', async () => {
  expect(await sendBatch([], await sendingTo(() => FAILED))).toEqual([]);
  expect(aws.callsOf('SendMessageBatch')).toHaveLength(0);
});

test('without an end, a batch has all the attempts that it is given', async () => {
  const sending = await sendingTo(() => FAILED, { maxAttempts: 6 });
  await expect(sendBatch(ONE, sending)).rejects.toMatchObject({ name: 'InternalError' });
  expect(aws.callsOf('SendMessageBatch')).toHaveLength(6);
});

test('a message that is at fault is refused, in the words of the queue', async () => {
  const failed = { Id: '0', Code: 'InvalidMessageContents', Message: 'bad characters', SenderFault: true };
  expect(await sendBatch(ONE, await sendingTo(() => ({ output: { Failed: [failed] } })))).toEqual([
    { kind: 'refused', reason: { code: 'InvalidMessageContents', message: 'the queue refused it: bad characters' } },
  ]);
});

test.each([
  ['NotConfirmed', 'NotConfirmed', {}],
  ['InternalError', 'down', { Failed: [{ Id: '0', Code: 'InternalError', Message: 'down', SenderFault: false }] }],
  ['Unknown', 'Unknown', { Failed: [{ Id: '0', SenderFault: false }] }],
])('what no attempt has settled fails as %s: %s', async (name, message, output) => {
  const sending = await sendingTo(() => ({ output }), { maxAttempts: 1 });
  await expect(sendBatch(ONE, sending)).rejects.toMatchObject({ name, message });
});
