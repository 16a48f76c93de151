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
