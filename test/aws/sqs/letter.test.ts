import type { Message } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toSqsAttribute } from '../../../aws/sqs/attribute.ts';
import { type Letter, producerAttributes, readLetter, reasonOf } from '../../../aws/sqs/letter.ts';
import { createLetterGroups } from '../../../aws/sqs/letter-groups.ts';
import { toLine } from '../../../cli/dlq/export.ts';
import { letter, reason } from '../../cli/support/letter.ts';

const MESSAGE = { MessageId: 'id', ReceiptHandle: 'handle', Body: 'body', Attributes: { SentTimestamp: '0' } };

function read(message: Message): Letter {
  const reading = readLetter(message);
  if (reading.kind !== 'letter') throw new Error(reading.letter.problem);
  return reading.letter;
}

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

  test('is not said to come from a crash when SQS moved it, which may have had another cause', () => {
    expect(reasonOf(letter()).message).toMatch(
      /without a reason: the function crashed, or could not store its own letter$/,
    );
  });

  test('is read from what SQS gives, and its attributes are written as they came', () => {
    const MessageAttributes = {
      Origin: { DataType: 'String.label', StringValue: 'crm' },
      Blob: { DataType: 'Binary', BinaryValue: new Uint8Array([0, 255]) },
    };
    const received = read({
      MessageId: 'id',
      ReceiptHandle: 'handle',
      Body: 'body',
      Attributes: { SentTimestamp: '1700000000000', DeadLetterQueueSourceArn: 'arn', MessageGroupId: 'g' },
      MessageAttributes,
    });
    expect(received).toMatchObject({
      messageId: 'id',
      body: 'body',
      sentAt: 1_700_000_000_000,
      movedByQueue: true,
      messageGroupId: 'g',
    });
    const written = Object.entries(received.attributes).map(([name, value]) => [name, toSqsAttribute(value)]);
    expect(Object.fromEntries(written)).toEqual(MessageAttributes);
  });

  test.each<[string, object, string]>([
    ['no body', { Body: undefined }, 'it has no body'],
    ['no receipt handle', { ReceiptHandle: undefined }, 'it has no receipt handle'],
    ['no message ID', { MessageId: undefined }, 'it has no message ID'],
    ['no time', { Attributes: {} }, 'its SentTimestamp is no time: undefined'],
    ['a time that is none', { Attributes: { SentTimestamp: '1e99' } }, 'its SentTimestamp is no time: 1e99'],
    [
      'an attribute without a value',
      { MessageAttributes: { A: { DataType: 'String' } } },
      'its attribute A has no value',
    ],
    ['an attribute that is nothing', { MessageAttributes: { A: undefined } }, 'its attribute A has no value'],
  ])('that has %s cannot be read, and is no error', (_, part, problem) => {
    expect(readLetter({ ...MESSAGE, ...part })).toMatchObject({ kind: 'unreadable', letter: { problem } });
  });

  test('that has neither names nor attributes cannot be read, and says so', () => {
    expect(readLetter({})).toEqual({
      kind: 'unreadable',
      letter: { messageId: '(none)', receiptHandle: '', messageGroupId: undefined, problem: 'it has no message ID' },
    });
  });

  test('has what it was given, and nothing besides', () => {
    const MessageAttributes = {
      A: { DataType: undefined, StringValue: 'text' },
      B: { DataType: 'Binary', BinaryValue: new Uint8Array(1) },
    };
    const { movedByQueue, attributes } = read({ ...MESSAGE, MessageAttributes });
    expect(movedByQueue).toBe(false);
    expect(attributes).toStrictEqual({
      A: { dataType: 'String', stringValue: 'text' },
      B: { dataType: 'Binary', binaryValue: new Uint8Array(1) },
    });
    expect(reasonOf(letter({ attributes: { ErrorCode: { dataType: 'String', stringValue: 'A' } } })).message).toBe('');
  });

  test('keeps attributes of every name, whatever that means to JavaScript', () => {
    const foreign = fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'ErrorCode', 'a.b');
    const text = fc.string({ minLength: 1 }).map((StringValue) => ({ DataType: 'String', StringValue }));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.oneof(foreign, fc.string()), text)), (entries) => {
        const MessageAttributes = Object.fromEntries(entries);
        const received = read({ ...MESSAGE, MessageAttributes });
        const exported = JSON.parse(toLine(received));
        expect(Object.keys(exported.attributes)).toEqual(Object.keys(MessageAttributes));
        const ours = Object.keys(producerAttributes(received)).concat('ErrorCode');
        expect(Object.keys(MessageAttributes).filter((name) => !ours.includes(name))).toEqual([]);
        const groups = createLetterGroups();
        groups.add(received);
        expect(groups.toArray()).toMatchObject([{ count: 1 }]);
      }),
    );
  });

  test("is replayed with the producer's attributes alone", () => {
    const attributes = { ...reason('A', 'b'), Origin: { dataType: 'String', stringValue: 'crm' } };
    expect(producerAttributes(letter({ attributes }))).toEqual({ Origin: attributes.Origin });
  });
});
