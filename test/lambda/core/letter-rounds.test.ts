import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDeadLetter, type DeadLetter } from '../../../lambda/core/dead-letter.ts';
import { letterRounds } from '../../../lambda/core/letter-rounds.ts';
import { message } from '../../support/messages.ts';

const REASON = { code: 'MessageContractViolation', message: 'userId: must not be empty' };
const groupOf = ({ source }: DeadLetter) => source.messageGroupId!;

/** Letters of messages, each with a group and the users that its letters are about; null for a letter of the whole. */
function lettersOf(messages: readonly { group: string; users: readonly (string | null)[] }[]): DeadLetter[] {
  return messages.flatMap(({ group, users }) => {
    const source = message({}, { messageGroupId: group });
    return users.map((user, place) =>
      createDeadLetter(source, place, '{}', REASON, 'r', undefined, { orderKey: user ?? undefined }),
    );
  });
}

const messages = fc.array(
  fc.record({
    group: fc.constantFrom('g', 'h'),
    users: fc.array(fc.constantFrom('a', 'b', 'c', null), { minLength: 1, maxLength: 8 }),
  }),
  { maxLength: 6 },
);

const isOrdered = (a: DeadLetter, b: DeadLetter) =>
  groupOf(a) === groupOf(b) && (a.source !== b.source || a.orderKey === b.orderKey || !a.orderKey || !b.orderKey);

test('of two letters whose order counts, the second is in a later round', () => {
  fc.assert(
    fc.property(messages, (given) => {
      const letters = lettersOf(given);
      const rounds = letterRounds(letters, groupOf);
      expect(rounds.flat()).toHaveLength(letters.length);
      const roundOf = new Map(rounds.flatMap((round, index) => round.map((letter) => [letter, index] as const)));
      letters.forEach((later, index) => {
        for (const earlier of letters.slice(0, index)) {
          if (isOrdered(earlier, later)) expect(roundOf.get(earlier)).toBeLessThan(roundOf.get(later)!);
        }
      });
    }),
  );
});

test('different users of a message have one round, and one user as many as it has letters', () => {
  expect(letterRounds(lettersOf([{ group: 'g', users: ['a', 'b', 'c'] }]), groupOf)).toHaveLength(1);
  expect(letterRounds(lettersOf([{ group: 'g', users: ['a', 'b', 'a', 'a'] }]), groupOf)).toHaveLength(3);
});

/** The rounds of letters, each letter by the place of its message and its user. */
function roundsOf(given: Parameters<typeof lettersOf>[0]): readonly (readonly string[])[] {
  const letters = lettersOf(given);
  const sources = [...new Set(letters.map(({ source }) => source))];
  return letterRounds(letters, groupOf).map((round) =>
    round.map(({ source, orderKey }) => `${sources.indexOf(source)}${orderKey ?? '*'}`),
  );
}

test('groups do not wait for each other', () => {
  const given = [
    { group: 'g', users: ['a', 'a'] },
    { group: 'h', users: ['a', 'a'] },
  ];
  expect(roundsOf(given)).toEqual([
    ['0a', '1a'],
    ['0a', '1a'],
  ]);
});

test('a message waits for the last letter of the one before it in its group, and for no longer', () => {
  const given = [
    { group: 'g', users: ['a', 'b', 'a', 'c'] },
    { group: 'g', users: ['c', 'c', 'd'] },
    { group: 'g', users: ['a'] },
  ];
  expect(roundsOf(given)).toEqual([['0a', '0b', '0c'], ['0a'], ['1c', '1d'], ['1c'], ['2a']]);
});

test('a letter of more than one user waits for those before it, and those behind it for it', () => {
  expect(roundsOf([{ group: 'g', users: ['a', 'b', null, 'a', 'b', null, null] }])).toEqual([
    ['0a', '0b'],
    ['0*'],
    ['0a', '0b'],
    ['0*'],
    ['0*'],
  ]);
});
