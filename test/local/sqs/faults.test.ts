import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { drawSqsFault } from '../../../local/sqs/faults.ts';
import { type LocalSqs, startLocalSqs } from '../../../local/sqs/local-sqs.ts';
import { localClient } from '../../support/scripted-server.ts';

describe('a rule', () => {
  const request = { action: 'DeleteMessageBatch', queueUrl: 'http://sqs/users' };
  const fate = (drawn: number, queueUrl?: string) =>
    drawSqsFault(request, [{ action: 'DeleteMessageBatch', queueUrl, refused: 0.2, replyDropped: 0.1 }], () => drawn);

  test.each([
    [0, 'refused'],
    [0.19, 'refused'],
    [0.2, 'replyDropped'],
    [0.29, 'replyDropped'],
    [0.31, 'none'],
  ])('that is drawn %d makes the request %s', (drawn, expected) => {
    expect(fate(drawn)).toBe(expected);
  });

  test('holds for its queue and its action only', () => {
    expect(fate(0, 'http://sqs/users')).toBe('refused');
    expect(fate(0, 'http://sqs/other')).toBe('none');
    expect(drawSqsFault(request, [{ action: 'SendMessage', refused: 1 }], () => 0)).toBe('none');
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

  test('succeeds again when the rules are taken away', async () => {
    sqs.setFaults([{ action: 'SendMessage', refused: 1 }], 1);
    sqs.setFaults([], 1);
    await send();
    expect(sqs.depth('users').visible).toBe(1);
  });
});
