import { describe, expect, test } from '@jest/globals';
import { MAX_MESSAGE_BYTES } from '../../../aws/sqs/limits.ts';
import { haveLettersOfTheirOwn, joined, type RejectedUser, userIdIn } from '../../../lambda/core/rejected-users.ts';

function rejected(userId: string | undefined, parts: Partial<RejectedUser> = {}): RejectedUser {
  const reason = { code: 'InvalidInputException', message: `${userId} is bad` };
  return { place: 0, body: JSON.stringify({ userId }), reason, userId, ...parts };
}

const times = (count: number, userId: string | undefined) => Array.from({ length: count }, () => rejected(userId));
const different = (count: number) => Array.from({ length: count }, (_, index) => rejected(`user-${index}`));

describe('rejected users have letters of their own', () => {
  test('up to 300 of a message', () => {
    for (const fifo of [true, false]) {
      expect(haveLettersOfTheirOwn(different(300), fifo)).toBe(true);
      expect(haveLettersOfTheirOwn(different(301), fifo)).toBe(false);
    }
  });

  test('on a FIFO queue up to 20 of one user, who are stored one after the other', () => {
    expect(haveLettersOfTheirOwn([...different(200), ...times(20, 'a')], true)).toBe(true);
    expect(haveLettersOfTheirOwn([...different(200), ...times(21, 'a')], true)).toBe(false);
    expect(haveLettersOfTheirOwn(times(21, 'a'), false)).toBe(true);
  });

  test('of whom nobody knows who it is they count as one user', () => {
    expect(haveLettersOfTheirOwn(times(20, undefined), true)).toBe(true);
    expect(haveLettersOfTheirOwn(times(21, undefined), true)).toBe(false);
  });
});

describe('a joined letter', () => {
  test('holds users as one packed message, in their order, each with its code', () => {
    const users = [
      rejected('a', { place: 3 }),
      rejected('b', { place: 5, reason: { code: 'Other', message: 'm' } }),
      rejected('c', { place: 6 }),
    ];
    expect(joined(users)).toMatchObject([
      {
        place: 3,
        body: '{"users":[{"userId":"a"},{"userId":"b"},{"userId":"c"}]}',
        codes: ['InvalidInputException', 'Other', 'InvalidInputException'],
      },
    ]);
  });

  test('says of each reason how many had it, the most frequent first, and of whom it tells in full', () => {
    const because = (code: string, place: number) =>
      rejected('a', { place, reason: { code, message: `why ${place}` } });
    const [letter] = joined([
      because('Rare', 0),
      because('Often', 4),
      because('Rarest', 5),
      because('Often', 7),
      because('Rare', 8),
      because('Often', 9),
    ]);
    expect(letter!.reason).toEqual({
      code: 'Often',
      message:
        '6 users of one message, too many for a letter each: Often of 3, Rare of 2, Rarest of 1. The first of them, users[4]: why 4',
    });
  });

  test('has at most half of the bytes of a message, to the last one: then comes the next letter', () => {
    const ofBytes = (bytes: number, place: number) => rejected('é', { place, body: `é${'x'.repeat(bytes - 2)}` });
    // Each user has a comma besides.
    const half = MAX_MESSAGE_BYTES / 4 - 1;
    const placesOf = (...sizes: readonly number[]) => joined(sizes.map(ofBytes)).map(({ place }) => place);
    expect(placesOf(half, half)).toEqual([0]);
    expect(placesOf(half, half + 1)).toEqual([0, 1]);
    expect(placesOf(half, half, half, half)).toEqual([0, 2]);
    expect(placesOf(half, half + 1, half - 1, half)).toEqual([0, 1, 3]);
  });

  test('of one user alone is its body as it stands, with its own reason', () => {
    const one = rejected('a', { place: 7, body: '{ "userId": "a" }' });
    expect(joined([one])).toEqual([{ place: 7, body: one.body, reason: one.reason, codes: ['InvalidInputException'] }]);
  });
});

test.each<[string, string | undefined]>([
  ['{"userId":"a","n":1}', 'a'],
  ['{"userId":""}', ''],
  ['{"userId":7}', undefined],
  ['{"n":1}', undefined],
  ['7', undefined],
  ['null', undefined],
  ['nonsense', undefined],
])('what breaks the contract is about the user that it names, if it does: %s', (body, userId) => {
  expect(userIdIn(body)).toBe(userId);
});
