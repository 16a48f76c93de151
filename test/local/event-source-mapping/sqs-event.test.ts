import { describe, expect, test } from '@jest/globals';
import { toSqsRecord } from '../../../local/event-source-mapping/sqs-event.ts';

const ARN = 'arn:aws:sqs:eu-central-1:000000000000:users.fifo';

describe('a record', () => {
  test('has a message as Lambda would give it', () => {
    const attributes = {
      ApproximateReceiveCount: '2',
      SentTimestamp: '1545082649183',
      SenderId: 'AIDAIENQZJOLO23YVJ4VO',
      ApproximateFirstReceiveTimestamp: '1545082649185',
      SequenceNumber: '18849496460467696128',
      MessageGroupId: '1',
      MessageDeduplicationId: '1',
    };

    expect(
      toSqsRecord(
        {
          MessageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
          ReceiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
          Body: 'Test message.',
          Attributes: attributes,
          MessageAttributes: {
            text: { DataType: 'String', StringValue: 'a' },
            empty: { DataType: 'String.tag', StringValue: '' },
            bytes: { DataType: 'Binary', BinaryValue: Uint8Array.of(1, 2, 255) },
          },
          MD5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
          MD5OfMessageAttributes: '00484c68...59e48fb7',
        },
        ARN,
      ),
    ).toEqual({
      messageId: '059f36b4-87a3-44ab-83d2-661975830a7d',
      receiptHandle: 'AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a',
      body: 'Test message.',
      attributes,
      messageAttributes: {
        text: { stringValue: 'a', stringListValues: [], binaryListValues: [], dataType: 'String' },
        empty: { stringValue: '', stringListValues: [], binaryListValues: [], dataType: 'String.tag' },
        bytes: { binaryValue: 'AQL/', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
      },
      md5OfBody: 'e4e68fb7bd0e697a0ae8f1bb342846b3',
      md5OfMessageAttributes: '00484c68...59e48fb7',
      eventSource: 'aws:sqs',
      eventSourceARN: ARN,
      awsRegion: 'eu-central-1',
    });
  });

  test('has no members for what the message has not', () => {
    const record = toSqsRecord({ MessageId: 'm', ReceiptHandle: 'r', Body: '{}', MD5OfBody: 'd' }, ARN);

    expect(record).toMatchObject({ attributes: {}, messageAttributes: {} });
    expect(record).not.toHaveProperty('md5OfMessageAttributes');
  });
});
