import { describe, expect, test } from '@jest/globals';
import { createMessageReader } from '../../../contract/message/read-message.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });

function reasonOf(body: string): string | undefined {
  const reading = read(body);
  return reading.kind === 'invalid' ? reading.reason.message : undefined;
}

const USER = '{"userId":"secret-user","properties":{"age":31}}';
const EVENT = {
  version: '0',
  id: '6a7e8feb',
  source: 'secret.app',
  account: '123456789012',
  time: '2030-01-01T00:00:00Z',
};

describe('a body that is no user, and is known, is rejected with what it is and what to do', () => {
  test.each<[string, unknown, string]>([
    [
      'an SNS notification',
      {
        Type: 'Notification',
        MessageId: 'b',
        TopicArn: 'arn:aws:sns:eu-west-1:1:Members',
        Message: USER,
        Signature: 's',
      },
      'raw message delivery',
    ],
    [
      'the confirmation of an SNS subscription',
      { Type: 'SubscriptionConfirmation', Token: 't', TopicArn: 'arn:secret', SubscribeURL: 'https://secret' },
      'SubscribeURL',
    ],
    [
      'the test event of S3',
      { Service: 'Amazon S3', Event: 's3:TestEvent', Time: '2030', Bucket: 'secret', RequestId: 'r', HostId: 'h' },
      'have them go elsewhere',
    ],
    ['an S3 event notification', { Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'secret' } } }] }, 'users'],
    [
      'the event of a Lambda function',
      { Records: [{ eventSource: 'aws:kinesis', kinesis: { data: 'c2VjcmV0' } }] },
      'own',
    ],
    ['the event of a Lambda function', { Records: [{ EventSource: 'aws:sns', Sns: { Message: USER } }] }, 'own'],
    ['a record of a stream', { eventSource: 'aws:dynamodb', dynamodb: { NewImage: {} } }, 'input transformer'],
    ['an EventBridge event', { ...EVENT, 'detail-type': 'Member', detail: JSON.parse(USER) }, 'input transformer'],
    [
      'a pointer of the SQS extended client',
      ['software.amazon.payloadoffloading.PayloadS3Pointer', { s3BucketName: 'secret', s3Key: 'k' }],
      'at most 1 MiB',
    ],
    [
      'a pointer of the SQS extended client',
      ['com.amazon.sqs.javamessaging.MessageS3Pointer', { s3BucketName: 'secret', s3Key: 'k' }],
      'at most 1 MiB',
    ],
    ['a CloudEvent', { specversion: '1.0', id: '1', source: '/secret', type: 't', data: JSON.parse(USER) }, 'its data'],
    [
      'the record of a Lambda destination',
      { version: '1.0', requestContext: {}, requestPayload: JSON.parse(USER) },
      'user',
    ],
    ['an SQS message', { MessageId: 'm', ReceiptHandle: 'r', Body: USER }, 'its body'],
    ['an SQS message', { messageId: 'm', receiptHandle: 'r', body: USER }, 'its body'],
    ['JSON that was written as a JSON string', USER, 'serialize it once'],
  ])('%s', (what, body, remedy) => {
    const reason = reasonOf(JSON.stringify(body));
    expect(reason).toMatch(new RegExp(`^the body is ${what}`));
    expect(reason).toContain(remedy);
    expect(reason).not.toMatch(/secret/);
  });

  test('a byte order mark before it', () => {
    expect(reasonOf(`\uFEFF${USER}`)).toBe('the body begins with a byte order mark (\\ufeff): send it without');
  });

  test('base64', () => {
    expect(reasonOf(Buffer.from(USER).toString('base64'))).toBe('the body is base64: send the JSON as it is');
  });
});

describe('each is known by all that its source says it has, and by nothing less', () => {
  const RECORD = { eventSource: 'aws:kinesis' };
  test.each<[string, Readonly<Record<string, unknown>>]>([
    ['an SNS notification', { Type: 'Notification', TopicArn: 'arn:1', Message: 'text' }],
    ['the confirmation of an SNS', { Type: 'UnsubscribeConfirmation', TopicArn: 'arn:1', SubscribeURL: 'https://x' }],
    ['the test event of S3', { Event: 's3:TestEvent' }],
    ['the event of a Lambda', { Records: [RECORD] }],
    ['a record of a stream', { ...RECORD }],
    ['an EventBridge event', { 'detail-type': 't', source: 's', detail: null }],
    ['a CloudEvent', { specversion: '1.0', id: '1', source: '/s', type: 't' }],
    ['the record of a Lambda destination', { requestContext: null, requestPayload: null }],
    ['an SQS message', { MessageId: 'm', Body: 'b' }],
    ['an SQS message', { messageId: 'm', receiptHandle: 'r', body: 'b' }],
  ])('%s', (what, body) => {
    expect(reasonOf(JSON.stringify(body))).toMatch(new RegExp(`^the body is ${what}`));
    for (const name of Object.keys(body)) {
      const { [name]: _, ...less } = body;
      for (const other of [less, { ...less, [name]: typeof body[name] === 'string' ? 7 : undefined }]) {
        expect(reasonOf(JSON.stringify(other))).not.toMatch(new RegExp(`^the body is ${what}`));
      }
    }
  });

  test.each([
    [{ Event: 's3:ObjectCreated' }],
    [{ Records: ['a'] }],
    [{ Records: [{}] }],
    [{ Records: [{ eventVersion: '1' }, RECORD] }],
    [['a text', 'software.amazon.payloadoffloading.PayloadS3Pointer']],
    [['PayloadS3Pointers', {}]],
    [[7]],
    [{ 0: 'PayloadS3Pointer' }],
    ['[]'],
    ['{'],
    ['7'],
  ])('%j is none', (body) => {
    expect(reasonOf(JSON.stringify(body))).not.toMatch(/^the body is/);
  });

  test('S3 is told from the other events of a function', () => {
    expect(reasonOf('{"Records":[{"eventSource":"aws:s3"}]}')).toMatch(/^the body is an S3 event notification/);
    expect(reasonOf('{"Records":[{"eventSource":"aws:s3x"}]}')).toMatch(/^the body is the event of a Lambda/);
  });
});

describe('base64 is told from what only begins like it', () => {
  test.each(['eyJhIjoxfQ==', 'eyJhIjoxfQ=', 'eyJhIjoxfQ', 'eyJh+/-_\n ', 'eyJ1'])('%j is', (body) => {
    expect(reasonOf(body)).toMatch(/^the body is base64/);
  });

  test.each(['eyJ', 'eyJhIj.oxfQ', 'eyJhIjoxfQ===', ' eyJhIjoxfQ', 'eyJh==x', 'a\uFEFF{}'])('%j is not', (body) => {
    expect(reasonOf(body)).toMatch(/^the body is not JSON/);
  });
});

describe('what only looks a little like one keeps its own reason', () => {
  test.each<[unknown, string]>([
    [{ userId: 'a', detail: 1 }, 'detail: is not a member of the message contract'],
    [{ userId: 'a', Type: 'Notification' }, 'Type: is not a member of the message contract'],
    [{ Records: [] }, 'userId: is required'],
    [{ Records: {} }, 'userId: is required'],
    ['a text', 'the body must be a JSON object: one user, or {"users": [...]}'],
    [[['a']], 'the body must be a JSON object: one user, or {"users": [...]}'],
    [null, 'the body must be a JSON object: one user, or {"users": [...]}'],
  ])('%j', (body, reason) => {
    expect(reasonOf(JSON.stringify(body))).toBe(reason);
  });

  test('and a user whose properties are called like that is taken', () => {
    expect(
      reasonOf('{"userId":"a","properties":{"Type":"Notification","TopicArn":"b","Message":"c"}}'),
    ).toBeUndefined();
  });
});
