import { expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { toBatchResponse, toMessage } from '../../../lambda/aws/event.ts';

const record: SQSRecord = {
  messageId: 'm-1',
  receiptHandle: 'h-1',
  body: '{"userId":"a"}',
  attributes: {
    ApproximateReceiveCount: '3',
    SentTimestamp: '1700000000000',
    SenderId: 'AIDA',
    ApproximateFirstReceiveTimestamp: '1700000000001',
  },
  messageAttributes: {
    Origin: { dataType: 'String', stringValue: 'crm', stringListValues: [], binaryListValues: [] },
    Blob: { dataType: 'Binary', binaryValue: 'AAH/', stringListValues: [], binaryListValues: [] },
  },
  md5OfBody: '',
  eventSource: 'aws:sqs',
  eventSourceARN: 'arn:aws:sqs:eu-west-1:123456789012:users',
  awsRegion: 'eu-west-1',
};

test('a record of the event becomes a message', () => {
  expect(toMessage(record)).toEqual({
    messageId: 'm-1',
    receiptHandle: 'h-1',
    body: '{"userId":"a"}',
    receiveCount: 3,
    sentAt: 1_700_000_000_000,
    messageGroupId: undefined,
    attributes: {
      Origin: { dataType: 'String', stringValue: 'crm' },
      Blob: { dataType: 'Binary', binaryValue: Buffer.from([0, 1, 255]) },
    },
  });
});

test('a message group counts on a FIFO queue only: on a standard queue it says nothing about order', () => {
  const grouped = { ...record, attributes: { ...record.attributes, MessageGroupId: 'g' } };
  expect(toMessage({ ...grouped, eventSourceARN: `${record.eventSourceARN}.fifo` }).messageGroupId).toBe('g');
  expect(toMessage(grouped).messageGroupId).toBeUndefined();
});

test('on a standard queue a message group is the source of a message, on a FIFO queue it is not', () => {
  const grouped = { ...record, attributes: { ...record.attributes, MessageGroupId: 'load' } };
  expect(toMessage(grouped).source).toBe('load');
  expect(toMessage({ ...grouped, eventSourceARN: `${record.eventSourceARN}.fifo` }).source).toBeUndefined();
  expect(toMessage(record).source).toBeUndefined();
});

test('an attribute without a binary value is text, whatever stands in for nothing', () => {
  const Origin = { dataType: 'String', stringValue: 'crm', binaryValue: null };
  const { attributes } = toMessage({ ...record, messageAttributes: { Origin } } as unknown as SQSRecord);
  expect(attributes).toEqual({ Origin: { dataType: 'String', stringValue: 'crm' } });
});

test('the response names the failed messages', () => {
  expect(toBatchResponse(['a', 'b'])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }],
  });
});
