import { expect, test } from '@jest/globals';
import { createQueue, type NewMessage, type QueueOptions } from '../../simulation/services/queue.ts';

const MINUTE = 60_000;
const make = (options: Partial<QueueOptions> = {}) =>
  createQueue({ name: 'q', fifo: false, visibilityTimeoutInSeconds: 30, ...options });
const inGroup = (groupId: string, body: string, deduplicationId = body): NewMessage => ({
  body,
  groupId,
  deduplicationId,
});
const bodies = (messages: readonly { body: string }[]) => messages.map(({ body }) => body);

test('what was received is hidden until its visibility timeout ends, and then comes again', () => {
  const queue = make();
  queue.send(0, { body: 'a' });
  expect(queue.receive(0, 10)).toMatchObject([{ body: 'a', receives: 1 }]);
  expect(queue.receive(29_999, 10)).toEqual([]);
  expect(queue.nextVisibleAt(1)).toBe(30_000);
  expect(queue.receive(30_000, 10)).toMatchObject([{ body: 'a', receives: 2 }]);
});

test('what was deleted is gone; a receipt that is not the newest deletes nothing', () => {
  const queue = make();
  queue.send(0, { body: 'a' });
  const [first] = queue.receive(0, 1);
  const [second] = queue.receive(30_000, 1);
  queue.delete(30_001, first!.receipt!);
  expect(queue.depth(30_001)).toEqual({ visible: 0, hidden: 1 });
  queue.delete(30_001, second!.receipt!);
  expect(queue.depth(30_001)).toEqual({ visible: 0, hidden: 0 });
});

test('after so many receives it goes to the dead-letter queue, as of when it was sent', () => {
  const letters = make({ name: 'letters' });
  const queue = make({ redrive: { to: letters, maxReceiveCount: 2 } });
  queue.send(5, { body: 'a' });
  queue.receive(10, 1);
  queue.receive(30_010, 1);
  expect(queue.receive(60_010, 1)).toEqual([]);
  expect([...letters.messages()]).toMatchObject([{ body: 'a', sentAt: 5, movedFrom: 'q', receives: 0 }]);
});

test('a FIFO queue gives out a group in its order, and no more of it while some is in flight', () => {
  const queue = make({ fifo: true });
  for (const message of [inGroup('g', '1'), inGroup('h', '2'), inGroup('g', '3')]) queue.send(0, message);
  const received = queue.receive(0, 2);
  expect(bodies(received)).toEqual(['1', '2']);
  expect(queue.receive(1, 10)).toEqual([]);
  queue.delete(2, received[0]!.receipt!);
  expect(bodies(queue.receive(3, 10))).toEqual(['3']);
  expect(bodies(queue.receive(30_003, 10))).toEqual(['2', '3']);
});

test('for five minutes a FIFO queue drops what has a deduplication id that it has had, and says that it took it', () => {
  const dropped: string[] = [];
  const queue = make({ fifo: true, observer: { onDeduplicated: ({ body }) => dropped.push(body) } });
  const first = queue.send(0, inGroup('g', 'a', 'id'));
  expect(queue.send(5 * MINUTE - 1, inGroup('g', 'b', 'id'))).toMatchObject({ id: first.id });
  expect(dropped).toEqual(['b']);
  queue.send(5 * MINUTE, inGroup('g', 'c', 'id'));
  expect(bodies([...queue.messages()])).toEqual(['a', 'c']);
});

test('what is older than the retention is gone', () => {
  const expired: string[] = [];
  const queue = make({ retentionInSeconds: 60, observer: { onExpired: ({ body }) => expired.push(body) } });
  queue.send(0, { body: 'a' });
  expect(queue.receive(60_001, 1)).toEqual([]);
  expect(expired).toEqual(['a']);
});

test.each([
  ['an empty body', { body: '' }, 'MissingParameter'],
  ['a character that XML has not', { body: '\u0001' }, 'InvalidMessageContents'],
  [
    'eleven attributes',
    {
      body: 'a',
      attributes: Object.fromEntries(
        Array.from({ length: 11 }, (_, index) => [`a${index}`, { DataType: 'String', StringValue: 'v' }]),
      ),
    },
    'InvalidParameterValue',
  ],
  ['more than 1 MiB', { body: 'a'.repeat(1_048_577) }, 'InvalidParameterValue'],
])('refuses %s', (_, message, name) => {
  expect(() => make().send(0, message)).toThrow(expect.objectContaining({ name }));
});

test('a FIFO queue refuses a message without a group, and an id that is too long', () => {
  const queue = make({ fifo: true });
  expect(() => queue.send(0, { body: 'a', deduplicationId: 'i' })).toThrow();
  expect(() => queue.send(0, inGroup('g', 'a', 'x'.repeat(129)))).toThrow();
});
