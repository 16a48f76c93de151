import type { Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { createReceiver } from '../../../local/event-source-mapping/receive-messages.ts';

/** A receiver whose receives fail, or not, in this order; it keeps its requests, pauses and errors. */
function createTestReceiver(failures: readonly boolean[], messages: readonly Message[] = [{ MessageId: 'm1' }]) {
  const outcomes = [...failures];
  const requests: ReceiveMessageCommand['input'][] = [];
  const pauses: number[] = [];
  const errors: string[] = [];
  const send = async ({ input }: ReceiveMessageCommand) => {
    requests.push(input);
    if (outcomes.shift()) throw new Error('no connection');
    return { Messages: messages };
  };
  const receive = createReceiver({
    client: { send } as unknown as SQSClient,
    queue: { url: 'url', arn: 'arn:aws:sqs:eu-central-1:000000000000:users' },
    clock: {
      now: () => 0,
      pause: async (milliseconds) => {
        pauses.push(milliseconds);
      },
    },
    stopping: new AbortController().signal,
    onError: ({ message }) => errors.push(message),
  });
  return { receive, requests, pauses, errors };
}

describe('receiving', () => {
  test('asks for all there is to know about messages', async () => {
    const { receive, requests } = createTestReceiver([]);

    expect(await receive(7, 20)).toMatchObject([{ messageId: 'm1', awsRegion: 'eu-central-1' }]);
    expect(requests).toEqual([
      {
        QueueUrl: 'url',
        MaxNumberOfMessages: 7,
        WaitTimeSeconds: 20,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      },
    ]);
  });

  test('gives the others when one cannot be read, and names that one', async () => {
    const { receive, errors, pauses } = createTestReceiver(
      [],
      [
        { MessageId: 'good' },
        // As clients have it whose codec knows no such name.
        { MessageId: 'odd', MessageAttributes: Object.fromEntries([['__proto__', undefined as never]]) },
      ],
    );
    expect(await receive(10, 20)).toMatchObject([{ messageId: 'good' }]);
    expect(errors).toEqual(['Message odd cannot be read: its attribute __proto__ has no value']);
    expect(pauses).toEqual([]);
  });

  test('gives no messages when it fails, after a pause that grows up to five seconds', async () => {
    const { receive, pauses, errors } = createTestReceiver(Array(8).fill(true));

    for (let count = 0; count < 8; count += 1) expect(await receive(10, 20)).toEqual([]);

    expect(pauses).toEqual([100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
    expect(errors).toHaveLength(8);
  });

  test('pauses shortly again once it has succeeded', async () => {
    const { receive, pauses } = createTestReceiver([true, true, false, true]);

    for (let count = 0; count < 4; count += 1) await receive(10, 20);

    expect(pauses).toEqual([100, 200, 100]);
  });
});
