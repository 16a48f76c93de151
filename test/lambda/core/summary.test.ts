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
