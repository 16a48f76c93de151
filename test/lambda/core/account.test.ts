import { describe, expect, test } from '@jest/globals';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { findUnaccounted } from '../../../lambda/core/account.ts';
import { createDeadLetter } from '../../../lambda/core/dead-letter.ts';
import type { Intake, Settlement } from '../../../lambda/core/settle.ts';
import type { Verdict } from '../../../lambda/core/verdict.ts';
import { message } from '../../support/messages.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });
const REASON = { code: 'InternalFailure', message: 'm' };
const DELIVERED: Verdict = { kind: 'delivered' };
const SUPERSEDED: Verdict = { kind: 'superseded' };
const REJECTED: Verdict = { kind: 'rejected', reason: REASON };
const ACKNOWLEDGE: Settlement = { kind: 'acknowledge' };

/** A message of the users a, b and so on, as many as there are verdicts. */
function intake(...verdicts: readonly Verdict[]): Intake {
  const users = verdicts.map((_, index) => ({ userId: 'abc'[index]! }));
  const received = message({ users });
  return {
    message: received,
    reading: read(received.body),
    deliveries: users.map((user, index) => ({ user, verdict: verdicts[index]! })),
  };
}

/** Letters, each about so many users. */
function lettersOf({ message: source }: Intake, ...sizes: readonly number[]): Settlement {
  const letters = sizes.map((users) => {
    const codes = users === 1 ? undefined : Array<string>(users).fill('Code');
    return createDeadLetter(source, 0, '', REASON, 'r', undefined, { codes });
  });
  return { kind: 'deadLetter', letters };
}

describe('a user who is superseded', () => {
  test('is safe if a newer record of it was delivered, in this message or in another', () => {
    const newer = intake(DELIVERED);
    expect(findUnaccounted([intake(SUPERSEDED), newer], [ACKNOWLEDGE, ACKNOWLEDGE])).toEqual([]);
  });

  test('is not safe if the newer one was not delivered, nor if somebody else was', () => {
    const rejected = intake(REJECTED);
    const settlements = [ACKNOWLEDGE, lettersOf(rejected, 1)];
    expect(findUnaccounted([intake(SUPERSEDED), rejected], settlements)).toEqual([0]);
    expect(findUnaccounted([intake(DELIVERED, SUPERSEDED)], [ACKNOWLEDGE])).toEqual([0]);
  });

  test('is told apart from whom a defect left without a verdict', () => {
    const struck: Intake = { ...intake(DELIVERED), deliveries: [{ user: { userId: 'a' } }], defect: REASON };
    expect(findUnaccounted([intake(SUPERSEDED), struck], [ACKNOWLEDGE, lettersOf(struck, 1)])).toEqual([0]);
  });

  test('is safe by what is stored, as the order guard knows', () => {
    expect(findUnaccounted([intake({ kind: 'superseded', by: 'stored' })], [ACKNOWLEDGE])).toEqual([]);
  });
});

describe('a dead-lettered message', () => {
  test('has as many users in its letters as are not delivered, several in one or each in its own', () => {
    const one = intake(REJECTED, DELIVERED, REJECTED);
    expect(findUnaccounted([one], [lettersOf(one, 2)])).toEqual([]);
    expect(findUnaccounted([one], [lettersOf(one, 1, 1)])).toEqual([]);
    expect(findUnaccounted([one], [lettersOf(one, 1)])).toEqual([0]);
    expect(findUnaccounted([one], [lettersOf(one, 3)])).toEqual([0]);
    expect(findUnaccounted([one], [lettersOf(one, 2, 1)])).toEqual([0]);
  });

  test('has a letter: one without any would be lost', () => {
    const one = intake(DELIVERED);
    expect(findUnaccounted([one], [lettersOf(one)])).toEqual([0]);
  });

  test('is one letter as a whole, if it cannot be read or a defect struck it', () => {
    const received = message('nonsense');
    const unreadable: Intake = { message: received, reading: read(received.body), deliveries: [] };
    const struck: Intake = { ...intake(REJECTED, DELIVERED), defect: REASON };
    for (const one of [unreadable, struck]) {
      expect(findUnaccounted([one], [lettersOf(one, 1)])).toEqual([]);
      expect(findUnaccounted([one], [lettersOf(one, 2)])).toEqual([0]);
      expect(findUnaccounted([one], [ACKNOWLEDGE])).toEqual([0]);
    }
  });
});

test('what is not accounted for is told by its place in the batch', () => {
  const batch = [intake(DELIVERED), intake(REJECTED), intake(DELIVERED), intake(REJECTED)];
  const retry: Settlement = { kind: 'retry', reason: REASON };
  expect(findUnaccounted(batch, [ACKNOWLEDGE, ACKNOWLEDGE, retry, ACKNOWLEDGE])).toEqual([1, 3]);
  expect(findUnaccounted(batch, [ACKNOWLEDGE, retry])).toEqual([2, 3]);
});
