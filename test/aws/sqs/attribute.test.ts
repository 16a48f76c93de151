/** What a message counts for, by which batches are filled: body, and each attribute's name, type and value. */
import { expect, test } from '@jest/globals';
import { attributeBytes, messageBytes, toSqsAttributes } from '../../../aws/sqs/attribute.ts';

const TEXT = { dataType: 'String', stringValue: 'é€' };
const BYTES = { dataType: 'Binary.png', binaryValue: new Uint8Array(7) };

test('a message counts by its bytes, and not by its characters', () => {
  expect(attributeBytes('naïve', TEXT)).toBe(6 + 6 + 5);
  expect(attributeBytes('b', BYTES)).toBe(1 + 10 + 7);
  expect(attributeBytes('empty', { dataType: 'String' })).toBe(5 + 6);
  expect(messageBytes('😀', { naïve: TEXT, b: BYTES })).toBe(4 + 17 + 18);
  expect(messageBytes('', {})).toBe(0);
});

test('an attribute is text or bytes, as it came', () => {
  expect(toSqsAttributes({ t: TEXT, b: BYTES })).toEqual({
    t: { DataType: 'String', StringValue: 'é€' },
    b: { DataType: 'Binary.png', BinaryValue: BYTES.binaryValue },
  });
});
