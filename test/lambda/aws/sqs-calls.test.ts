/** What the function's calls to SQS look like, and what it makes of every answer: SQS is a script here. */
import { SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { messageBytes } from '../../../aws/sqs/attribute.ts';
import { deduplicationIdOf } from '../../../aws/sqs/deduplication-id.ts';
import { MAX_MESSAGE_BYTES } from '../../../aws/sqs/limits.ts';
import { packLetters, sendDeadLettersWith } from '../../../lambda/aws/dead-letter-queue.ts';
import { changeVisibilityWith } from '../../../lambda/aws/visibility.ts';
import { createDeadLetter } from '../../../lambda/core/dead-letter.ts';
import type { Message } from '../../../lambda/core/message.ts';
import { message } from '../../support/messages.ts';
import { localClient, type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

const IN_TIME = { timeoutInMilliseconds: 10_000 };
const letter = (body: string, overrides: Partial<Message> = {}, index = 0) =>
  createDeadLetter(message(body, overrides), index, body, { code: 'Some', message: 'it is bad' }, 'r');
const letters = (howMany: number) => Array.from({ length: howMany }, (_, n) => letter(`letter ${n}`));

interface Entry {
  readonly Id: string;
  readonly MessageBody?: string;
}
interface Call {
  readonly QueueUrl: string;
  readonly Entries: readonly Entry[];
}

let server: ScriptedServer;
let client: SQSClient;
let calls: Call[];
/** The calls that had no answer yet, when they were the most. */
let mostOpen: number;
let answer: (entries: readonly Entry[]) => { readonly status?: number; readonly body: unknown };

const allStored = (entries: readonly Entry[]) => ({ body: { Successful: entries.map(({ Id }) => ({ Id })) } });

beforeEach(async () => {
  calls = [];
  answer = allStored;
  server = await startScriptedServer((_, response, text) => {
    const call = JSON.parse(text) as Call;
    calls.push(call);
    const { status = 200, body } = answer(call.Entries);
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(JSON.stringify(body));
  });
  client = new SQSClient({ ...localClient(server.endpoint), md5: false, maxAttempts: 1 });
  mostOpen = 0;
  let open = 0;
  client.middlewareStack.add(
    (next) => async (args) => {
      mostOpen = Math.max(mostOpen, ++open);
      return next(args).finally(() => open--);
    },
    { step: 'initialize' },
  );
});
afterEach(async () => {
  client.destroy();
  await server.stop();
});

const queue = (name: string) => `${server.endpoint}/1/${name}`;
const send = (what: readonly ReturnType<typeof letter>[], name = 'dead') =>
  sendDeadLettersWith(client, queue(name))(what, IN_TIME);
const change = (delays: readonly number[]) =>
  changeVisibilityWith(client, queue('users'))(
    delays.map((delayInSeconds, n) => ({ receiptHandle: `h${n}`, delayInSeconds })),
    IN_TIME,
  );

describe('sending dead letters', () => {
  test('without any, makes no call', async () => {
    expect(await send([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('of a standard queue says nothing of groups', async () => {
    expect(await send([letter('a', { messageGroupId: 'g' }), letter('b')])).toEqual([]);
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    expect(calls[0]).toMatchObject({ QueueUrl: queue('dead') });
    expect(calls[0]!.Entries).toMatchObject([
      { Id: '0', MessageBody: 'a', MessageAttributes: { ErrorCode: text('Some'), ErrorMessage: text('it is bad') } },
      { Id: '1', MessageBody: 'b' },
    ]);
    expect(Object.keys(calls[0]!.Entries[0]!).toSorted()).toEqual(['Id', 'MessageAttributes', 'MessageBody']);
  });

  test('to a FIFO queue keeps the group, or has one of its own, and names each letter', async () => {
    await send(
      [
        letter('a', { messageId: 'm1', messageGroupId: 'g' }),
        letter('b', { messageId: 'm1', messageGroupId: 'g' }, 1),
        letter('c', { messageId: 'm2' }),
      ],
      'dead.fifo',
    );
    const idOf = (sourceMessageId: string, place: number, body: string) =>
      deduplicationIdOf({ kind: 'deadLetter', sourceMessageId, place, body });
    expect(calls.map(({ Entries }) => Entries)).toMatchObject([
      [
        { MessageBody: 'a', MessageGroupId: 'g', MessageDeduplicationId: idOf('m1', 0, 'a') },
        { MessageBody: 'c', MessageGroupId: 'm2', MessageDeduplicationId: idOf('m2', 0, 'c') },
      ],
      [{ MessageBody: 'b', MessageGroupId: 'g', MessageDeduplicationId: idOf('m1', 1, 'b') }],
    ]);
  });

  test('to a FIFO queue holds back what is behind a letter of its group that is not stored', async () => {
    answer = (entries) => ({
      body: {
        Successful: entries.filter(({ MessageBody }) => MessageBody !== 'b').map(({ Id }) => ({ Id })),
        Failed: entries
          .filter(({ MessageBody }) => MessageBody === 'b')
          .map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false })),
      },
    });
    const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map((body) =>
      letter(body, { messageGroupId: body === 'e' ? 'h' : 'g' }),
    );
    expect(await send([a!, b!, c!, d!, e!], 'dead.fifo')).toEqual([
      { letter: b, code: 'InternalError' },
      { letter: c, code: 'MessageGroupBlocked' },
      { letter: d, code: 'MessageGroupBlocked' },
    ]);
    expect(calls.map(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody))).toEqual([['a', 'e'], ['b']]);
  });

  test('makes ten calls at a time', async () => {
    expect(await send(letters(200))).toEqual([]);
    expect(calls).toHaveLength(20);
    expect(mostOpen).toBe(10);
  });

  test('to a FIFO queue makes one call after the other, so that the order stays', async () => {
    expect(await send(letters(25), 'dead.fifo')).toEqual([]);
    expect(mostOpen).toBe(1);
    expect(calls.flatMap(({ Entries }) => Entries.map(({ MessageBody }) => MessageBody))).toEqual(
      letters(25).map(({ body }) => body),
    );
  });

  test('takes an answer that confirms nothing for a failure of every letter', async () => {
    answer = () => ({ body: {} });
    const sent = letters(2);
    expect(await send(sent)).toEqual(sent.map((each) => ({ letter: each, code: 'NotConfirmed' })));
  });

  test('names a failure of the whole call for every letter in it, and for no other', async () => {
    answer = (entries) =>
      entries.some(({ MessageBody }) => MessageBody === 'letter 3')
        ? { status: 400, body: { __type: 'com.amazonaws.sqs#OverLimit', message: 'too much' } }
        : allStored(entries);
    const sent = letters(12);
    expect(await send(sent)).toEqual(sent.slice(0, 10).map((each) => ({ letter: each, code: 'OverLimit' })));
  });
});

describe('packing letters', () => {
  const sized = (bytes: number) => {
    const empty = letter('');
    return { ...empty, body: 'x'.repeat(bytes - messageBytes('', empty.attributes)) };
  };
  const sizes = (...bytes: number[]) => packLetters(bytes.map(sized)).map((batch) => batch.length);

  test('fills a batch to the last byte', () => {
    expect(sizes(MAX_MESSAGE_BYTES - 1000, 1000)).toEqual([2]);
    expect(sizes(MAX_MESSAGE_BYTES - 1000, 1001)).toEqual([1, 1]);
  });

  test('counts anew in each batch', () => {
    const half = MAX_MESSAGE_BYTES / 2;
    expect(sizes(half, half, half, half, half)).toEqual([2, 2, 1]);
    expect(sizes(MAX_MESSAGE_BYTES, half, half, MAX_MESSAGE_BYTES)).toEqual([1, 2, 1]);
  });
});

describe('changing visibility', () => {
  test('of nothing, makes no call', async () => {
    expect(await change([])).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('asks for each message by its receipt handle, ten in a call', async () => {
    expect(await change([0, 5, 900, 3, 4, 5, 6, 7, 8, 9, 43_200])).toEqual([]);
    expect(calls.map(({ Entries }) => Entries.length).toSorted()).toEqual([1, 10]);
    expect(calls.find(({ Entries }) => Entries.length === 10)).toMatchObject({
      QueueUrl: queue('users'),
      Entries: [
        { Id: '0', ReceiptHandle: 'h0', VisibilityTimeout: 0 },
        { Id: '1', ReceiptHandle: 'h1', VisibilityTimeout: 5 },
        { Id: '2', ReceiptHandle: 'h2', VisibilityTimeout: 900 },
        ...Array(7).fill({}),
      ],
    });
  });

  test('makes ten calls at a time', async () => {
    await change(Array(200).fill(1));
    expect(mostOpen).toBe(10);
  });

  test('names the error of each message that failed, and says so when there is no name', async () => {
    answer = () => ({ body: { Failed: [{ Id: '0', Code: 'ReceiptHandleIsInvalid' }, { Id: '2' }] } });
    expect(await change([1, 1, 1])).toEqual(['ReceiptHandleIsInvalid', 'UnknownError']);
  });

  test('takes an answer that names no failure for success', async () => {
    answer = () => ({ body: {} });
    expect(await change([1])).toEqual([]);
  });

  test('names a failure of the whole call once for every message in it', async () => {
    answer = () => ({ status: 400, body: { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'none' } });
    expect(await change([1, 1])).toEqual(['QueueDoesNotExist', 'QueueDoesNotExist']);
  });
});
