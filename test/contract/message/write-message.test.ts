import { expect, test } from '@jest/globals';
import { asWritten, writeUser } from '../../../contract/message/write-message.ts';

test('a user becomes a message of its own, with its properties as they came', () => {
  expect(writeUser({ userId: 'a "b"' })).toBe('{"userId":"a \\"b\\""}');
  expect(writeUser({ userId: 'a', properties: '{ "n": 1.50 }' })).toBe('{"userId":"a","properties":{ "n": 1.50 }}');
});

test('the two characters that JSON takes and SQS does not are escaped, and no other', () => {
  const text = '\t\uFFFD\uFFFE\uFFFF😀';
  expect(writeUser({ userId: text })).toBe('{"userId":"\\t\uFFFD\\ufffe\\uffff😀"}');
  expect(asWritten(`{"userId":7,"${text}":1}`)).toBe('{"userId":7,"\t\uFFFD\\ufffe\\uffff😀":1}');
});
