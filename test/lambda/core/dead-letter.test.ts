import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDeadLetter, MAX_MESSAGE_BYTES, messageBytes } from '../../../lambda/core/dead-letter.ts';
import type { MessageAttribute } from '../../../lambda/core/message.ts';
import { message } from '../../support/messages.ts';

const reason = { code: 'InvalidInputException', message: 'userId is not valid' };
const string = (stringValue: string): MessageAttribute => ({ dataType: 'String', stringValue });

const character = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  fc.constantFrom('é', '😀'),
);

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

  test('hold no character that SQS refuses', () => {
    const letter = createDeadLetter(message('b'), 0, 'b', { code: 'Some', message: 'a\0b\uFFFFc\uD800d' }, 'r');
    expect(letter.attributes.ErrorMessage).toEqual(string('a\uFFFDb\uFFFDc\uFFFDd'));
  });
});
