import { describe, expect, test } from '@jest/globals';
import type { SQSRecord } from 'aws-lambda';
import { readRecords, toBatchResponse, toMessage } from '../../../lambda/aws/event.ts';
import { createDefects } from '../../../lambda/core/defects.ts';

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

test('the response names a message once, however often it failed', () => {
  expect(toBatchResponse(['a', 'b', 'a'])).toEqual({
    batchItemFailures: [{ itemIdentifier: 'a' }, { itemIdentifier: 'b' }],
  });
});

describe('reading the records of an event', () => {
  const fifo = (messageId: string) => ({ ...record, messageId, eventSourceARN: `${record.eventSourceARN}.fifo` });
  const standard = (messageId: string) => ({ ...record, messageId });
  /** Not even its system attributes can be read. */
  const unreadable = (messageId: string) => ({ messageId }) as SQSRecord;
  const read = (...records: SQSRecord[]) => {
    const defects = createDefects();
    const { messages, unreadMessageIds } = readRecords(records, defects);
    const defective = defects.list().flatMap(({ messageIds }) => messageIds);
    return { read: messages.map(({ messageId }) => messageId), unreadMessageIds, messages, defective };
  };

  test('leaves out the unreadable ones alone on a standard queue, and counts one defect for each', () => {
    expect(read(standard('m1'), unreadable('m2'), standard('m3'), unreadable('m4'), standard('m5'))).toMatchObject({
      read: ['m1', 'm3', 'm5'],
      unreadMessageIds: ['m2', 'm4'],
      defective: ['m2', 'm4'],
    });
  });

  test('reads none behind an unreadable one on a FIFO queue, and says of them no defect', () => {
    expect(read(fifo('m1'), unreadable('m2'), fifo('m3'), fifo('m4'))).toMatchObject({
      read: ['m1'],
      unreadMessageIds: ['m2', 'm3', 'm4'],
      defective: ['m2'],
    });
  });

  test('knows the queue of an unreadable first one by the records behind it', () => {
    expect(read(unreadable('m1'), fifo('m2'))).toMatchObject({ read: [], unreadMessageIds: ['m1', 'm2'] });
    expect(read(unreadable('m1'), standard('m2'))).toMatchObject({ read: ['m2'], unreadMessageIds: ['m1'] });
  });

  test('takes one whose attributes cannot be read for a message without any, with the reason why it is retried', () => {
    const broken = { ...fifo('m1'), messageAttributes: null } as unknown as SQSRecord;
    const { messages, unreadMessageIds } = read(broken, fifo('m2'));
    expect(unreadMessageIds).toEqual([]);
    expect(messages).toEqual([
      { ...toMessage(fifo('m1')), attributes: {}, defect: expect.objectContaining({ code: 'InternalError' }) },
      toMessage(fifo('m2')),
    ]);
  });
});
