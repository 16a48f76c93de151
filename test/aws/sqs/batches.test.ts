import { describe, expect, test } from '@jest/globals';
import { notStored, oneOfEachGroup, packBatches } from '../../../aws/sqs/batches.ts';

const MIB = 1_048_576;
const sizes = (batches: readonly (readonly unknown[])[]) => batches.map(({ length }) => length);

describe('batches', () => {
  test('have ten entries at most, in order', () => {
    const items = Array.from({ length: 21 }, (_, index) => index);
    const batches = packBatches(items);
    expect(sizes(batches)).toEqual([10, 10, 1]);
    expect(batches.flat()).toEqual(items);
  });

  test('of nothing are none', () => {
    expect(packBatches([])).toEqual([]);
  });

  test.each([
    ['together have 1 MiB to the byte', [MIB - 1, 1], [2]],
    ['have a byte more', [MIB, 1], [1, 1]],
    ['are too large by themselves', [MIB + 1, 1, 1], [1, 2]],
    ['come after a full batch, which counts for nothing any more', [MIB, MIB - 2, 2, 1], [1, 2, 1]],
  ])('of items that %s', (_, items, expected) => {
    expect(sizes(packBatches(items, (size) => size))).toEqual(expected);
  });
});

test('a round has one item of each group, and a group keeps its order', () => {
  const items = ['a1', 'a2', 'b1', 'a3', 'c1', 'b2'];
  expect(oneOfEachGroup(items, ([group]) => group!)).toEqual([['a1', 'b1', 'c1'], ['a2', 'b2'], ['a3']]);
});

test('what a reply lists as stored is stored, and what it does not list at all is not', () => {
  const reply = {
    Successful: [{ Id: '1', MessageId: 'm', MD5OfMessageBody: '' }],
    Failed: [{ Id: '2', Code: 'InternalError', SenderFault: false }],
  };
  expect(notStored(['a', 'b', 'c'], reply)).toEqual([
    { item: 'a', code: 'NotConfirmed' },
    { item: 'c', code: 'InternalError' },
  ]);
  expect(notStored(['a'], {})).toEqual([{ item: 'a', code: 'NotConfirmed' }]);
});
