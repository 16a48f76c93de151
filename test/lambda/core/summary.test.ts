import { describe, expect, test } from '@jest/globals';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { createDeadLetter } from '../../../lambda/core/dead-letter.ts';
import type { Settlement } from '../../../lambda/core/settle.ts';
import { createSummary } from '../../../lambda/core/summary.ts';
import type { Verdict } from '../../../lambda/core/verdict.ts';
import { message } from '../../support/messages.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });
const reason = (code: string) => ({ code, message: `about ${code}` });

/** A message of one user, what became of the user, and what becomes of the message. */
function settled(
  verdict: Verdict | undefined,
  codes: readonly string[],
  kind: Settlement['kind'] = 'deadLetter',
  sentAt = 0,
) {
  const received = message({ userId: 'a' }, { sentAt });
  const reading = read(received.body);
  const letters = codes.map((code, index) => createDeadLetter(received, index, received.body, reason(code), 'r'));
  const settlement: Settlement =
    kind === 'deadLetter' ? { kind, letters } : kind === 'retry' ? { kind, reason: reason(codes[0]!) } : { kind };
  const deliveries = reading.kind === 'users' && verdict ? [{ user: { userId: 'a' }, verdict }] : [];
  return { intake: { message: received, reading, deliveries }, settlement };
}

function summaryOf(batch: readonly ReturnType<typeof settled>[], deadLetterErrors: readonly string[] = []) {
  return createSummary({
    startedAt: 5_000,
    intakes: batch.map(({ intake }) => intake),
    settlements: batch.map(({ settlement }) => settlement),
    statistics: { calls: 1, throttledCalls: 0, usersCalled: 1 },
    deadLetterErrors,
    visibilityErrors: [],
  });
}

describe('the reasons of dead letters', () => {
  test('are counted over all messages, letter by letter', () => {
    const batch = [
      settled(undefined, ['MessageContractViolation', 'InvalidInputException', 'InvalidInputException']),
      settled({ kind: 'rejected', reason: reason('InvalidInputException') }, ['InvalidInputException']),
      settled({ kind: 'delivered' }, [], 'acknowledge'),
    ];
    const { deadLetterReasons, users, rejectedMessages } = summaryOf(batch);
    expect(deadLetterReasons).toEqual({ MessageContractViolation: 1, InvalidInputException: 3 });
    expect(users.rejected).toBe(4);
    expect(rejectedMessages.map(({ errors }) => errors)).toEqual([
      { MessageContractViolation: 1, InvalidInputException: 2 },
      { InvalidInputException: 1 },
    ]);
  });

  test('do not count what is retried because its letter could not be sent', () => {
    const batch = [settled({ kind: 'rejected', reason: reason('ValidationException') }, ['TimeoutError'], 'retry')];
    expect(summaryOf(batch, ['TimeoutError'])).toMatchObject({
      deadLetterReasons: {},
      deadLetterErrors: { TimeoutError: 1 },
      retryErrors: { TimeoutError: 1 },
      users: { rejected: 0 },
    });
  });

  test('may have any name', () => {
    const batch = [settled(undefined, ['__proto__', 'constructor'])];
    expect(Object.entries(summaryOf(batch).deadLetterReasons)).toEqual([
      ['__proto__', 1],
      ['constructor', 1],
    ]);
  });
});

describe('a user counts as retried', () => {
  const transient: Verdict = { kind: 'transient', reason: reason('InternalFailure') };
  const notAttempted: Verdict = { kind: 'notAttempted', reason: reason('DeadlineExceeded') };
  const rejected: Verdict = { kind: 'rejected', reason: reason('InvalidInputException') };
  const retried = (...[verdict, kind]: [Verdict, Settlement['kind']]) =>
    summaryOf([settled(verdict, ['Some'], kind)]).users.retried;

  test('when it has no final verdict and its message comes again', () => {
    expect(retried(transient, 'retry')).toBe(1);
    expect(retried(notAttempted, 'retry')).toBe(1);
  });

  test('and not when its message was dead-lettered, on its last receive', () => {
    expect(retried(transient, 'deadLetter')).toBe(0);
  });

  test('and not when its verdict is final, though its message comes again', () => {
    expect(retried(rejected, 'retry')).toBe(0);
    expect(retried({ kind: 'delivered' }, 'retry')).toBe(0);
    expect(retried({ kind: 'superseded' }, 'retry')).toBe(0);
  });
});

test('the oldest message is the one that was sent first', () => {
  const sentAt = (time: number) => settled({ kind: 'delivered' }, [], 'acknowledge', time);
  expect(summaryOf([sentAt(2_000), sentAt(1_000), sentAt(3_000)]).oldestAgeInMilliseconds).toBe(4_000);
});

test('a message that was sent later than it was begun, by clocks that differ, is not younger than new', () => {
  expect(summaryOf([settled({ kind: 'delivered' }, [], 'acknowledge', 9_000)]).oldestAgeInMilliseconds).toBe(0);
});

test('what became of each is counted by message and by user', () => {
  const batch = [
    settled({ kind: 'delivered' }, [], 'acknowledge'),
    settled({ kind: 'superseded' }, [], 'acknowledge'),
    settled({ kind: 'delivered' }, [], 'acknowledge'),
    settled({ kind: 'transient', reason: reason('InternalFailure') }, ['InternalFailure'], 'retry'),
    settled({ kind: 'transient', reason: reason('InternalFailure') }, ['InternalFailure'], 'retry'),
  ];
  expect(summaryOf(batch)).toEqual({
    messages: 5,
    retriedMessages: 2,
    users: { delivered: 2, superseded: 1, rejected: 0, retried: 2 },
    calls: { calls: 1, throttledCalls: 0, usersCalled: 1 },
    oldestAgeInMilliseconds: 5_000,
    retryErrors: { InternalFailure: 2 },
    deadLetterReasons: {},
    deadLetterErrors: {},
    visibilityErrors: {},
    defects: [],
    rejectedMessages: [],
  });
});

test('a letter of several users counts for each of them, by its own code', () => {
  const received = message({ userId: 'a' });
  const codes = ['One', 'Other', 'One'];
  const letter = createDeadLetter(received, 0, received.body, reason('One'), 'r', undefined, { codes });
  const { users, deadLetterReasons, rejectedMessages } = summaryOf([
    {
      intake: { message: received, reading: read(received.body), deliveries: [] },
      settlement: { kind: 'deadLetter', letters: [letter] },
    },
  ]);
  expect(users.rejected).toBe(3);
  expect(deadLetterReasons).toEqual({ One: 2, Other: 1 });
  expect(rejectedMessages).toEqual([{ messageId: received.messageId, errors: { One: 2, Other: 1 } }]);
});

test('a user whom a defect left without a verdict is retried with its message, and not counted otherwise', () => {
  const without = (kind: Settlement['kind']) => {
    const { intake, settlement } = settled(undefined, ['InternalError'], kind);
    const deliveries = [{ user: { userId: 'a' } }];
    return createSummary({
      startedAt: 0,
      intakes: [{ ...intake, deliveries }],
      settlements: [settlement],
      statistics: { calls: 0, throttledCalls: 0, usersCalled: 0 },
      deadLetterErrors: [],
      visibilityErrors: [],
    }).users;
  };
  expect(without('retry')).toEqual({ delivered: 0, superseded: 0, rejected: 0, retried: 1 });
  expect(without('deadLetter')).toEqual({ delivered: 0, superseded: 0, rejected: 1, retried: 0 });
});
