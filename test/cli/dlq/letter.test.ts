import { describe, expect, test } from '@jest/globals';
import { toSqsAttribute } from '../../../aws/sqs/attribute.ts';
import { producerAttributes, reasonOf, toLetter } from '../../../cli/dlq/letter.ts';
import { letter, reason } from '../support/letter.ts';

describe('a dead letter', () => {
  test('has the reason that the function gave it', () => {
    expect(reasonOf(letter({ attributes: reason('InvalidInputException', 'no') }))).toEqual({
      code: 'InvalidInputException',
      message: 'no',
    });
  });

  test('has none when SQS moved it, even if it brought one along from an earlier time', () => {
    expect(reasonOf(letter()).code).toBe('none');
    expect(reasonOf(letter({ attributes: reason('Stale', 'no'), movedByQueue: true })).code).toBe('none');
  });

  test('is read from what SQS gives, and its attributes are written as they came', () => {
    const MessageAttributes = {
      Origin: { DataType: 'String.label', StringValue: 'crm' },
      Blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    const read = toLetter({
      MessageId: 'id',
      ReceiptHandle: 'handle',
      Body: 'body',
      Attributes: { SentTimestamp: '1700000000000', DeadLetterQueueSourceArn: 'arn', MessageGroupId: 'g' },
      MessageAttributes,
    });
    expect(read).toMatchObject({
      messageId: 'id',
      body: 'body',
      sentAt: 1_700_000_000_000,
      movedByQueue: true,
      messageGroupId: 'g',
    });
    const written = Object.entries(read.attributes).map(([name, value]) => [name, toSqsAttribute(value)]);
    expect(Object.fromEntries(written)).toEqual(MessageAttributes);
  });

  test("is replayed with the producer's attributes alone", () => {
    const attributes = { ...reason('A', 'b'), Origin: { dataType: 'String', stringValue: 'crm' } };
    expect(producerAttributes(letter({ attributes }))).toEqual({ Origin: attributes.Origin });
  });
});
