import { describe, expect, test } from '@jest/globals';
import { createGroupOrder } from '../../../cli/dlq/group-order.ts';
import { letter } from '../support/letter.ts';

const inGroups = (...groups: readonly string[]) => groups.map((messageGroupId) => letter({ messageGroupId }));

describe('the order of message groups', () => {
  test('makes those wait that are behind a letter that stays, and says why by the first', () => {
    const order = createGroupOrder(true);
    const [a1, a2, b1, a3, a4] = inGroups('a', 'a', 'b', 'a', 'a');
    order.begin([a1!, a2!, b1!, a3!]);
    order.stays(a3!, 'that came second');
    expect([a1!, a2!, b1!, a3!].map(order.waitsFor)).toEqual([undefined, undefined, undefined, undefined]);
    order.stays(a2!, 'that came first');
    order.stays(a3!, 'that came second');
    expect([a1!, a2!, b1!, a3!].map(order.waitsFor)).toEqual([undefined, undefined, undefined, 'that came first']);
    order.begin([a4!])();
    expect(order.waitsFor(a4!)).toBe('that came first');
  });

  test('makes those wait that come while others of their group are being replayed', () => {
    const order = createGroupOrder(true);
    const [a1, b1, a2, a3, b2] = inGroups('a', 'b', 'a', 'a', 'b');
    const end = order.begin([a1!, b1!]);
    order.begin([a2!, a3!])();
    expect([a1!, b1!, a2!, a3!].map(order.waitsFor)).toEqual([
      undefined,
      undefined,
      'that was being replayed',
      'that was being replayed',
    ]);
    end();
    order.begin([b2!]);
    expect(order.waitsFor(b2!)).toBeUndefined();
  });

  test('lets those go that come once all of their group before them are sent, though not all that came with these', () => {
    const order = createGroupOrder(true);
    const [a1, b1, a2, a3] = inGroups('a', 'b', 'a', 'a');
    order.begin([a1!, b1!, a2!]);
    order.isSent(a1!);
    order.isSent(a2!);
    order.begin([a3!]);
    expect(order.waitsFor(a3!)).toBeUndefined();
  });

  test('is none on a standard queue, where a group is a source', () => {
    const order = createGroupOrder(false);
    const [a1, a2] = inGroups('a', 'a');
    order.begin([a1!]);
    order.begin([a2!]);
    order.stays(a1!, 'that came first');
    expect(order.waitsFor(a2!)).toBeUndefined();
  });
});
