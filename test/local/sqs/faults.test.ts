import {
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sendDeadLettersWith } from '../../../lambda/aws/dead-letter-queue.ts';
import { changeVisibilityWith } from '../../../lambda/aws/visibility.ts';
import { createDeadLetter } from '../../../lambda/core/dead-letter.ts';
import { drawSqsFault, NO_FAULT } from '../../../local/sqs/faults.ts';
import { type LocalSqs, startLocalSqs } from '../../../local/sqs/local-sqs.ts';
import { message } from '../../support/messages.ts';
import { localClient } from '../../support/scripted-server.ts';
import { until } from './until.ts';

describe('a rule', () => {
  const request = { action: 'DeleteMessageBatch', queueUrl: 'http://sqs/users', entryIds: ['a', 'b', 'c'] };
  const RULE = { action: 'DeleteMessageBatch', refused: 0.2, replyDropped: 0.1, late: 0.3, lateByInMilliseconds: 7 };
  const fate = (drawn: number, queueUrl?: string) => drawSqsFault(request, [{ ...RULE, queueUrl }], () => drawn);

  test.each([
    [0, { kind: 'refused' }],
    [0.19, { kind: 'refused' }],
    [0.2, { ...NO_FAULT, replyIsDropped: true }],
    [0.29, { ...NO_FAULT, replyIsDropped: true }],
    [0.31, { ...NO_FAULT, lateByInMilliseconds: 7 }],
    [0.59, { ...NO_FAULT, lateByInMilliseconds: 7 }],
    [0.61, NO_FAULT],
  ])('that is drawn %d decides about the request as a whole', (drawn, expected) => {
    expect(fate(drawn)).toEqual(expected);
  });

  test('draws for each entry of a batch anew', () => {
    const drawn = [0.9, 0.4, 0.6, 0.1];
    const fault = drawSqsFault(request, [{ action: 'DeleteMessageBatch', entriesFailed: 0.5 }], () => drawn.shift()!);
    expect(fault).toEqual({ ...NO_FAULT, failedEntryIds: new Set(['a', 'c']) });
  });

  test('holds for its queue and its action only', () => {
    expect(fate(0, 'http://sqs/users')).toEqual({ kind: 'refused' });
    expect(fate(0, 'http://sqs/other')).toBe(NO_FAULT);
    expect(drawSqsFault(request, [{ action: 'SendMessage', refused: 1 }], () => 0)).toBe(NO_FAULT);
  });
});

describe('a request to a queue', () => {
  let sqs: LocalSqs;
  let client: SQSClient;
  beforeEach(async () => {
    sqs = await startLocalSqs();
    await sqs.createQueue({ name: 'users', attributes: {} });
    client = new SQSClient({ ...localClient(sqs.endpoint), maxAttempts: 1 });
  });
  afterEach(async () => {
    client.destroy();
    await sqs.stop();
  });
  const send = () => client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl('users'), MessageBody: 'a' }));

  test('that is refused has not been carried out', async () => {
    sqs.setFaults([{ action: 'SendMessage', refused: 1 }], 1);
    await expect(send()).rejects.toMatchObject({ name: 'ServiceUnavailable', $metadata: { httpStatusCode: 503 } });
    expect(sqs.depth('users').visible).toBe(0);
  });

  test('whose reply is dropped has been carried out', async () => {
    sqs.setFaults([{ action: 'SendMessage', replyDropped: 1 }], 1);
    await expect(send()).rejects.toThrow('socket hang up');
    expect(sqs.depth('users').visible).toBe(1);
  });

  test('that is late is carried out though its caller has gone', async () => {
    sqs.setFaults([{ action: 'SendMessage', late: 1, lateByInMilliseconds: 200 }], 1);
    const gone = new AbortController();
    const sent = client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl('users'), MessageBody: 'a' }), {
      abortSignal: gone.signal,
    });
    await until(() => sqs.faultCounts().late === 1);
    gone.abort();
    await expect(sent).rejects.toMatchObject({ name: 'AbortError' });
    expect(sqs.depth('users').visible).toBe(0);
    await until(() => sqs.depth('users').visible === 1);
  });

  test('that is late does not keep the server from stopping', async () => {
    const other = await startLocalSqs();
    await other.createQueue({ name: 'users', attributes: {} });
    other.setFaults([{ action: 'SendMessage', late: 1, lateByInMilliseconds: 3_600_000 }], 1);
    const to = new SQSClient({ ...localClient(other.endpoint), maxAttempts: 1 });
    const sent = to.send(new SendMessageCommand({ QueueUrl: other.queueUrl('users'), MessageBody: 'a' })).catch(Object);
    await until(() => other.faultCounts().late === 1);
    await other.stop();
    await sent;
    to.destroy();
  });

  test('succeeds again when the rules are taken away', async () => {
    sqs.setFaults([{ action: 'SendMessage', refused: 1 }], 1);
    sqs.setFaults([], 1);
    await send();
    expect(sqs.depth('users').visible).toBe(1);
  });

  describe('in which single entries fail', () => {
    const ALL = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'];
    const url = () => sqs.queueUrl('users');
    const failHalfOf = (action: string) => sqs.setFaults([{ action, entriesFailed: 0.5 }], 1);
    const sendAll = () =>
      client.send(
        new SendMessageBatchCommand({ QueueUrl: url(), Entries: ALL.map((Id) => ({ Id, MessageBody: `body ${Id}` })) }),
      );
    const receive = async () => {
      const command = new ReceiveMessageCommand({ QueueUrl: url(), MaxNumberOfMessages: 10 });
      return (await client.send(command)).Messages ?? [];
    };
    const letters = ALL.map((id) =>
      createDeadLetter(message(`body ${id}`), 0, `body ${id}`, { code: 'InvalidInputException', message: 'bad' }, 'r'),
    );
    const sendLetters = () => sendDeadLettersWith(client, url())(letters, { timeoutInMilliseconds: 10_000 });

    test('succeeds, lists them, and has carried out the others alone', async () => {
      failHalfOf('SendMessageBatch');
      const { Successful = [], Failed = [], $metadata } = await sendAll();
      expect($metadata.httpStatusCode).toBe(200);
      expect(Failed.length).toBeGreaterThan(0);
      expect(Failed[0]).toMatchObject({ Code: 'InternalError', SenderFault: false });
      expect([...Successful, ...Failed].map(({ Id }) => Id).toSorted()).toEqual(ALL);
      expect((await receive()).map(({ Body }) => Body).toSorted()).toEqual(
        Successful.map(({ Id }) => `body ${Id}`).toSorted(),
      );
      expect(sqs.faultCounts()).toMatchObject({ partlyFailed: 1, failedEntries: Failed.length });
    });

    test('lists its own failures as well', async () => {
      failHalfOf('SendMessageBatch');
      const Entries = ALL.map((Id) => ({ Id, MessageBody: '\0' }));
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: url(), Entries }));
      expect(Failed.map(({ Id }) => Id).toSorted()).toEqual(ALL);
      expect(new Set(Failed.map(({ Code }) => Code))).toEqual(new Set(['InternalError', 'InvalidMessageContents']));
    });

    test('has carried out nothing when all fail', async () => {
      sqs.setFaults([{ action: 'SendMessageBatch', entriesFailed: 1 }], 1);
      const { Successful = [], Failed = [] } = await sendAll();
      expect([Successful.length, Failed.length, sqs.depth('users').visible]).toEqual([0, 10, 0]);
    });

    test('deletes the messages of the others', async () => {
      await sendAll();
      const received = await receive();
      failHalfOf('DeleteMessageBatch');
      const Entries = received.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: url(), Entries }));
      expect(Failed.length).toBeGreaterThan(0);
      expect(sqs.depth('users').inFlight).toBe(Failed.length);
    });

    test('is a dead letter of the function for each that did not fail, and a failure for each that did', async () => {
      failHalfOf('SendMessageBatch');
      const failures = await sendLetters();
      expect(failures.length).toBeGreaterThan(0);
      expect(new Set(failures.map(({ code }) => code))).toEqual(new Set(['InternalError']));
      const stored = (await receive()).map(({ Body }) => Body!);
      expect([...stored, ...failures.map(({ letter }) => letter.body)].toSorted()).toEqual(
        letters.map(({ body }) => body).toSorted(),
      );
    });

    test('fails every dead letter of the function when all fail', async () => {
      sqs.setFaults([{ action: 'SendMessageBatch', entriesFailed: 1 }], 1);
      expect((await sendLetters()).map(({ letter, code }) => [letter, code])).toEqual(
        letters.map((letter) => [letter, 'InternalError']),
      );
    });

    test('changes the visibility of the others, and the function counts the errors', async () => {
      await sendAll();
      const received = await receive();
      failHalfOf('ChangeMessageVisibilityBatch');
      const errors = await changeVisibilityWith(client, url())(
        received.map(({ ReceiptHandle }) => ({ receiptHandle: ReceiptHandle!, delayInSeconds: 0 })),
        { timeoutInMilliseconds: 10_000 },
      );
      expect(errors.length).toBeGreaterThan(0);
      expect(new Set(errors)).toEqual(new Set(['InternalError']));
      expect(sqs.depth('users')).toMatchObject({ visible: 10 - errors.length, inFlight: errors.length });
    });
  });
});
