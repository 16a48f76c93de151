import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { MAX_MESSAGE_BYTES } from '../../../aws/sqs/limits.ts';
import { createSqsClient } from '../../../aws/sqs/local-sqs-client.ts';
import { packLetters, sendDeadLettersWith } from '../../../lambda/aws/dead-letter-queue.ts';
import { changeVisibilityWith } from '../../../lambda/aws/visibility.ts';
import { createDeadLetter, type DeadLetter } from '../../../lambda/core/dead-letter.ts';
import type { Message } from '../../../lambda/core/message.ts';
import type { VisibilityChange } from '../../../lambda/core/ports.ts';
import { type LocalSqs, startLocalSqs } from '../../../local/sqs/local-sqs.ts';
import { message } from '../../support/messages.ts';
import { localClient, startScriptedServer } from '../../support/scripted-server.ts';

const IN_TIME = { timeoutInMilliseconds: 10_000 };
const sendTo = (client: SQSClient, url: string) => (letters: readonly DeadLetter[]) =>
  sendDeadLettersWith(client, url)(letters, IN_TIME);
const changeIn = (client: SQSClient, url: string) => (changes: readonly VisibilityChange[]) =>
  changeVisibilityWith(client, url)(changes, IN_TIME);

const letter = (body: string, overrides: Partial<Message> = {}) =>
  createDeadLetter(message(body, overrides), 0, body, { code: 'InvalidInputException', message: 'it is bad' }, 'r-1');

describe('against a queue', () => {
  let sqs: LocalSqs;
  let client: SQSClient;
  beforeAll(async () => {
    sqs = await startLocalSqs();
    client = createSqsClient(sqs);
  });
  afterAll(async () => {
    client.destroy();
    await sqs.stop();
  });

  const queue = async (name: string, attributes: Record<string, string> = {}) => {
    await sqs.createQueue({ name, attributes });
    return sqs.queueUrl(name);
  };
  const receiveAll = async (QueueUrl: string) => {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
      }),
    );
    return Messages;
  };

  test('a dead letter arrives with its body as it stands, its reason, and what the producer had put on it', async () => {
    const url = await queue('dead');
    const attributes = {
      Origin: { dataType: 'String', stringValue: 'crm' },
      Blob: { dataType: 'Binary.gzip', binaryValue: Buffer.from([0, 1, 255]) },
    };
    expect(await sendTo(client, url)([letter('{"userId":""}', { messageId: 'm-1', attributes })])).toEqual([]);
    const [received] = await receiveAll(url);
    expect(received).toMatchObject({
      Body: '{"userId":""}',
      MessageAttributes: {
        ErrorCode: { DataType: 'String', StringValue: 'InvalidInputException' },
        ErrorMessage: { DataType: 'String', StringValue: 'it is bad' },
        RequestID: { DataType: 'String', StringValue: 'r-1' },
        SourceMessageId: { DataType: 'String', StringValue: 'm-1' },
        ReceiveCount: { DataType: 'Number', StringValue: '1' },
        Origin: { DataType: 'String', StringValue: 'crm' },
        Blob: { DataType: 'Binary.gzip' },
      },
    });
    expect(Buffer.from(received!.MessageAttributes!.Blob!.BinaryValue!)).toEqual(Buffer.from([0, 1, 255]));
  });

  test('a letter whose body fills a message is sent all the same', async () => {
    const url = await queue('large');
    expect(await sendTo(client, url)([letter('x'.repeat(MAX_MESSAGE_BYTES)), letter('small')])).toEqual([]);
    expect((await receiveAll(url)).map(({ Body }) => Body!.length).toSorted()).toEqual([MAX_MESSAGE_BYTES, 5]);
  });

  test('on a FIFO queue a letter keeps its message group, and the same letter sent twice is stored once', async () => {
    const url = await queue('dead.fifo', { FifoQueue: 'true' });
    const send = sendTo(client, url);
    const one = letter('a', { messageId: 'm-1', messageGroupId: 'g' });
    expect([...(await send([one])), ...(await send([one]))]).toEqual([]);
    const received = await receiveAll(url);
    expect(received).toHaveLength(1);
    expect(received[0]!.Attributes).toMatchObject({ MessageGroupId: 'g' });
  });

  test('on a standard queue a letter keeps its source, and has none if its message had none', async () => {
    const url = await queue('dead-of-a-load');
    const letters = [letter('a', { messageId: 'm-1', source: 'nightly-load' }), letter('b', { messageId: 'm-2' })];
    expect(await sendTo(client, url)(letters)).toEqual([]);
    const groups = new Map((await receiveAll(url)).map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId]));
    expect(groups).toEqual(
      new Map([
        ['a', 'nightly-load'],
        ['b', undefined],
      ]),
    );
  });

  test('a queue that is not there fails every letter by the name of the error', async () => {
    const failures = await sendTo(client, sqs.queueUrl('none'))([letter('a')]);
    expect(failures.map(({ code }) => code)).toEqual(['QueueDoesNotExist']);
  });

  test('a back-off of nothing makes a message visible at once', async () => {
    const url = await queue('users', { VisibilityTimeout: '3600' });
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' }));
    const [received] = await receiveAll(url);
    expect(await receiveAll(url)).toEqual([]);
    expect(await changeIn(client, url)([{ receiptHandle: received!.ReceiptHandle!, delayInSeconds: 0 }])).toEqual([]);
    expect((await receiveAll(url)).map(({ Body }) => Body)).toEqual(['a']);
  });

  test('an entry that cannot be changed is told by its error, and the others are changed', async () => {
    const url = await queue('mixed', { VisibilityTimeout: '3600' });
    await client.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'a' }));
    const [received] = await receiveAll(url);
    const errors = await changeIn(
      client,
      url,
    )([
      { receiptHandle: 'nonsense', delayInSeconds: 0 },
      { receiptHandle: received!.ReceiptHandle!, delayInSeconds: 0 },
    ]);
    expect(errors).toEqual(['ReceiptHandleIsInvalid']);
    expect(await receiveAll(url)).toHaveLength(1);
  });
});

test('entries that the queue refuses, or does not speak of, are failures of those letters alone', async () => {
  const server = await startScriptedServer((_, response) => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(
      JSON.stringify({
        Successful: [{ Id: '0', MessageId: 'm', MD5OfMessageBody: '0cc175b9c0f1b6a831c399e269772661' }],
        Failed: [{ Id: '1', Code: 'InternalError', SenderFault: false }],
      }),
    );
  });
  const client = new SQSClient({ ...localClient(server.endpoint), md5: false });
  const letters = [letter('a'), letter('b'), letter('c')];
  expect(await sendTo(client, `${server.endpoint}/1/dead`)(letters)).toEqual([
    { letter: letters[1], code: 'InternalError' },
    { letter: letters[2], code: 'NotConfirmed' },
  ]);
  client.destroy();
  await server.stop();
});

test('letters are packed by ten and by 1 MiB', () => {
  const sizes = (letters: Parameters<typeof packLetters>[0]) => packLetters(letters).map((batch) => batch.length);
  expect(sizes(Array.from({ length: 25 }, () => letter('a')))).toEqual([10, 10, 5]);
  expect(sizes(Array.from({ length: 3 }, () => letter('x'.repeat(400_000))))).toEqual([2, 1]);
  expect(sizes([])).toEqual([]);
});

describe('a queue that does not answer', () => {
  test('does not hold up the function: when the time is over, what is not confirmed has failed', async () => {
    const server = await startScriptedServer(() => {});
    const client = new SQSClient(localClient(server.endpoint));
    const soon = { timeoutInMilliseconds: 50 };
    const letters = Array.from({ length: 11 }, () => letter('a'));
    const failures = await sendDeadLettersWith(client, `${server.endpoint}/1/dead`)(letters, soon);
    expect(failures.map(({ code }) => code)).toEqual(Array(11).fill('TimeoutError'));

    const changes = [{ receiptHandle: 'h', delayInSeconds: 1 }];
    expect(await changeVisibilityWith(client, `${server.endpoint}/1/users`)(changes, soon)).toEqual(['TimeoutError']);
    client.destroy();
    await server.stop();
  });
});
