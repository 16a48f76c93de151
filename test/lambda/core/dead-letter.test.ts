import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MessageAttribute } from '../../../aws/sqs/attribute.ts';
import { messageBytes } from '../../../aws/sqs/attribute.ts';
import { MAX_MESSAGE_BYTES } from '../../../aws/sqs/limits.ts';
import { createDeadLetter } from '../../../lambda/core/dead-letter.ts';
import { message } from '../../support/messages.ts';

const reason = { code: 'InvalidInputException', message: 'userId is not valid' };
const string = (stringValue: string): MessageAttribute => ({ dataType: 'String', stringValue });

const character = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('é', '😀'),
);

test('a dead letter knows the message that it comes from, its place in it, and its reason', () => {
  const source = message('body');
  expect(createDeadLetter(source, 2, 'one user of it', reason, 'r')).toMatchObject({
    source,
    index: 2,
    body: 'one user of it',
    reason,
  });
});

test('a dead letter of several users says so, and whose order it has to keep', () => {
  const about = { codes: ['One', 'Other'], orderKey: 'user a', messageGroupId: 'g' };
  expect(createDeadLetter(message('b'), 0, 'b', reason, 'r', undefined, about)).toMatchObject(about);
  const { codes, orderKey, messageGroupId } = createDeadLetter(message('b'), 0, 'b', reason, 'r');
  expect([codes, orderKey, messageGroupId]).toEqual([undefined, undefined, undefined]);
});

test('a message counts for the bytes of its body and of the name, type and value of each attribute', () => {
  expect(messageBytes('', {})).toBe(0);
  expect(messageBytes('é', {})).toBe(2);
  expect(messageBytes('a', { né: { dataType: 'String', stringValue: 'é' } })).toBe(1 + 3 + 6 + 2);
  expect(messageBytes('a', { n: { dataType: 'Binary', binaryValue: Buffer.from([0, 1, 255]) } })).toBe(1 + 1 + 6 + 3);
  expect(messageBytes('a', { n: { dataType: 'String' } })).toBe(1 + 1 + 6);
});

describe('the attributes of a dead letter', () => {
  test('say why, where it came from and how often it was tried', () => {
    const source = message('body', { messageId: 'm-1', receiveCount: 3 });
    expect(createDeadLetter(source, 0, 'body', reason, 'r-1').attributes).toEqual({
      ErrorCode: string('InvalidInputException'),
      ErrorMessage: string('userId is not valid'),
      RequestID: string('r-1'),
      SourceMessageId: string('m-1'),
      ReceiveCount: { dataType: 'Number', stringValue: '3' },
    });
  });

  test("keep the producer's, up to ten in all", () => {
    const attributes = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`Producer${n}`, string('x')]));
    const names = Object.keys(createDeadLetter(message('b', { attributes }), 0, 'b', reason, 'r').attributes);
    expect(names).toHaveLength(10);
    expect(names.filter((name) => name.startsWith('Producer'))).toEqual([
      'Producer0',
      'Producer1',
      'Producer2',
      'Producer3',
      'Producer4',
    ]);
  });

  test('replace those of an earlier time in the dead-letter queue', () => {
    const attributes = { ErrorCode: string('OldError'), SourceMessageId: string('old'), Origin: string('crm') };
    const letter = createDeadLetter(message('b', { messageId: 'new', attributes }), 0, 'b', reason, 'r');
    expect(letter.attributes).toMatchObject({
      ErrorCode: string('InvalidInputException'),
      SourceMessageId: string('new'),
      Origin: string('crm'),
    });
  });

  test("keep the producer's, whatever their names", () => {
    const attributes = Object.fromEntries(['__proto__', 'constructor'].map((name) => [name, string('x')]));
    const letter = createDeadLetter(message('b', { attributes }), 0, 'b', reason, 'r');
    expect(Object.entries(letter.attributes).slice(5)).toEqual(Object.entries(attributes));
  });

  test('have the version of the record first, since a replay without it would be the newest record', () => {
    const attributes = { RecordVersion: string('an earlier one'), Origin: string('crm') };
    const letter = (version?: bigint) => createDeadLetter(message('b', { attributes }), 0, 'b', reason, 'r', version);
    expect(Object.entries(letter(1_500_000n).attributes)[0]).toEqual([
      'RecordVersion',
      { dataType: 'Number', stringValue: '1.5' },
    ]);
    expect(Object.keys(letter(0n).attributes)).toHaveLength(7);
    expect(letter(0n).attributes.RecordVersion?.stringValue).toBe('0');
    expect(letter().attributes.RecordVersion).toEqual(string('an earlier one'));
    const body = 'x'.repeat(MAX_MESSAGE_BYTES - 30);
    expect(Object.keys(createDeadLetter(message(body), 0, body, reason, 'r', 7n).attributes)).toEqual([
      'RecordVersion',
    ]);
  });

  test('of an earlier time never stand for one that has no room now', () => {
    const attributes = { RequestID: string('r'), SourceMessageId: string('m'), ReceiveCount: string('1') };
    const body = 'x'.repeat(MAX_MESSAGE_BYTES - 80);
    const long = { code: 'Some', message: 'm'.repeat(100) };
    const letter = createDeadLetter(message(body, { attributes }), 0, body, long, 'r');
    expect(Object.keys(letter.attributes)).toEqual(['ErrorCode', 'ErrorMessage']);
  });

  test('have a code that SQS takes, whatever the error was called', () => {
    const code = (name: string) =>
      createDeadLetter(message('b'), 0, 'b', { code: name, message: 'm' }, 'r').attributes.ErrorCode;
    expect(code('')).toEqual(string('-'));
    expect(code('Bad\0Name')).toEqual(string('Bad\uFFFDName'));
    expect(code('x'.repeat(1000))).toEqual(string('x'.repeat(256)));
  });

  test('give way to a body that leaves no room, the most telling ones last', () => {
    const full = 'x'.repeat(MAX_MESSAGE_BYTES);
    expect(createDeadLetter(message(full), 0, full, reason, 'r').attributes).toEqual({});
    const nearlyFull = full.slice(50);
    expect(Object.keys(createDeadLetter(message(nearlyFull), 0, nearlyFull, reason, 'r').attributes)).toEqual([
      'ErrorCode',
    ]);
  });

  test('fit, whatever the body, the reason and the producer bring', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: MAX_MESSAGE_BYTES - 3000, max: MAX_MESSAGE_BYTES }),
        fc.oneof(fc.string({ unit: character, maxLength: 5000 }), fc.constant('é'.repeat(100_000))),
        fc.dictionary(fc.stringMatching(/^[A-Za-z]{1,20}$/), fc.string().map(string), { maxKeys: 10 }),
        (bodyBytes, text, attributes) => {
          const body = 'x'.repeat(bodyBytes);
          const letter = createDeadLetter(message(body, { attributes }), 0, body, { code: 'Some', message: text }, 'r');
          expect(messageBytes(letter.body, letter.attributes)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
          expect(Object.keys(letter.attributes).length).toBeLessThanOrEqual(10);
          expect(letter.attributes.ErrorMessage?.stringValue).not.toBe('');
        },
      ),
    );
  });

  test('are as many as there is room for, to the last byte', () => {
    const all = createDeadLetter(message('', { messageId: 'm' }), 0, '', reason, 'r').attributes;
    const letterWith = (room: number) => {
      const body = 'x'.repeat(MAX_MESSAGE_BYTES - room);
      return Object.keys(createDeadLetter(message(body, { messageId: 'm' }), 0, body, reason, 'r').attributes);
    };
    expect(letterWith(messageBytes('', all))).toEqual([
      'ErrorCode',
      'ErrorMessage',
      'SourceMessageId',
      'ReceiveCount',
      'RequestID',
    ]);
    expect(letterWith(messageBytes('', all) - 1)).toEqual([
      'ErrorCode',
      'ErrorMessage',
      'SourceMessageId',
      'ReceiveCount',
    ]);
    const { ErrorCode } = all;
    expect(letterWith(messageBytes('', { ErrorCode: ErrorCode! }))).toEqual(['ErrorCode']);
  });

  test('have a message that is cut to what fits, at the end of a character', () => {
    const said = (text: string, body = 'b') =>
      createDeadLetter(message(body), 0, body, { code: 'Some', message: text }, 'r').attributes.ErrorMessage;
    expect(said('x'.repeat(2048))).toEqual(string('x'.repeat(2048)));
    expect(said('x'.repeat(2049))).toEqual(string('x'.repeat(2048)));
    expect(said(`x${'é'.repeat(2000)}`)).toEqual(string(`x${'é'.repeat(1023)}`));
    expect(said(`x${'😀'.repeat(2000)}`)).toEqual(string(`x${'😀'.repeat(511)}`));
    expect(said('')).toEqual(string('-'));

    const before = messageBytes('', { ErrorCode: string('Some'), ErrorMessage: string('') });
    expect(said('long enough', 'x'.repeat(MAX_MESSAGE_BYTES - before - 4))).toEqual(string('long'));
    expect(said('long enough', 'x'.repeat(MAX_MESSAGE_BYTES - before - 1))).toEqual(string('l'));
    expect(said('long enough', 'x'.repeat(MAX_MESSAGE_BYTES - before))).toBeUndefined();
  });

  test('hold no character that SQS refuses', () => {
    const letter = createDeadLetter(message('b'), 0, 'b', { code: 'Some', message: 'a\0b\uFFFFc\uD800d' }, 'r');
    expect(letter.attributes.ErrorMessage).toEqual(string('a\uFFFDb\uFFFDc\uFFFDd'));
  });

  test('hold every character that SQS takes', () => {
    const taken = '\t\n\r ~\x7F\x80\uD7FF\uE000\uFFFD😀';
    const refused = ['\0', '\x01', '\x08', '\x0B', '\x0C', '\x0E', '\x1F', '\uFFFE', '\uFFFF'];
    const said = (text: string) =>
      createDeadLetter(message('b'), 0, 'b', { code: 'Some', message: text }, 'r').attributes.ErrorMessage?.stringValue;
    expect(said(taken)).toBe(taken);
    expect(said(refused.join(''))).toBe('\uFFFD'.repeat(refused.length));
  });
});
