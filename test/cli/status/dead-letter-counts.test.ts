/** Counting dead letters, in a real queue over HTTP. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createDeadLetterCounter } from '../../../cli/status/dead-letter-counts.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';

let queues: LetterQueues;
beforeEach(async () => {
  queues = await startLetterQueues();
});
afterEach(async () => {
  jest.restoreAllMocks();
  await queues.stop();
});

test('letters are counted by their reasons, the most frequent first', async () => {
  await queues.putLetters([...letters(2, { errorCode: 'A' }), ...letters(3, { errorCode: 'B' })]);
  expect(await createDeadLetterCounter(queues.deadLetters).count()).toEqual({
    total: 5,
    lookedAt: 5,
    unreadable: 0,
    byErrorCode: [
      { errorCode: 'B', count: 3 },
      { errorCode: 'A', count: 2 },
    ],
  });
});

test('an empty queue is not looked at', async () => {
  const receives = jest.spyOn(queues.client, 'send');
  expect(await createDeadLetterCounter(queues.deadLetters).count()).toEqual({
    total: 0,
    lookedAt: 0,
    unreadable: 0,
    byErrorCode: [],
  });
  // Only its depth was asked for.
  expect(receives).toHaveBeenCalledTimes(1);
});

test('a look holds for a minute while their number is the same, since nobody else sees the letters meanwhile', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(5_000);
  await queues.putLetters(letters(2));
  const counter = createDeadLetterCounter(queues.deadLetters);
  const first = await counter.count();
  clock.mockReturnValue(64_999);
  expect(await counter.count()).toBe(first);
  clock.mockReturnValue(65_000);
  const second = await counter.count();
  expect(second).not.toBe(first);
  expect(second).toEqual(first);
});

test('another number of letters is another look', async () => {
  await queues.putLetters(letters(2));
  const counter = createDeadLetterCounter(queues.deadLetters);
  await counter.count();
  await queues.putLetters(letters(1, { errorCode: 'New' }));
  expect(await counter.count()).toMatchObject({ total: 3, lookedAt: 3 });
});

test('of very many a thousand or so are looked at', async () => {
  await queues.putLetters(letters(1_300));
  const { total, lookedAt, byErrorCode } = await createDeadLetterCounter(queues.deadLetters).count();
  expect(total).toBe(1_300);
  expect(lookedAt).toBeGreaterThanOrEqual(1_000);
  // Ten receivers, of ten letters each, may be on their way by then.
  expect(lookedAt).toBeLessThanOrEqual(1_100);
  expect(byErrorCode).toEqual([{ errorCode: 'InvalidInputException', count: lookedAt }]);
});

test('letters that somebody else has received just now count, though nobody can look at them', async () => {
  await queues.putLetters(letters(3));
  expect(await queues.takeLetters()).toHaveLength(3);
  expect(await createDeadLetterCounter(queues.deadLetters).count()).toMatchObject({ total: 3, lookedAt: 0 });
});
