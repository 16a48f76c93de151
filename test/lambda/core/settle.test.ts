import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import type { Message } from '../../../lambda/core/message.ts';
import { type Intake, planRetries, type Settlement, settleAll } from '../../../lambda/core/settle.ts';
import type { Verdict } from '../../../lambda/core/verdict.ts';
import { message } from '../../support/messages.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });
const settings = { maxReceiveCount: 3, requestId: 'r' };
const reason = (code: string) => ({ code, message: `about ${code}` });

const DELIVERED: Verdict = { kind: 'delivered' };
const SUPERSEDED: Verdict = { kind: 'superseded' };
const REJECTED: Verdict = { kind: 'rejected', reason: reason('InvalidInputException') };
const TRANSIENT: Verdict = { kind: 'transient', reason: reason('InternalFailure') };
const NOT_ATTEMPTED: Verdict = { kind: 'notAttempted', reason: reason('DeadlineExceeded') };

function intake(body: unknown, verdicts: readonly Verdict[], overrides: Partial<Message> = {}): Intake {
  const received = message(body, overrides);
  const reading = read(received.body);
  const valid = reading.kind === 'users' ? reading.users.filter((user) => user.kind === 'valid') : [];
  return { message: received, reading, deliveries: valid.map(({ user }, n) => ({ user, verdict: verdicts[n] })) };
}

const settle = (one: Intake): Settlement => settleAll([one], settings)[0]!;
const letters = (settlement: Settlement) =>
  settlement.kind === 'deadLetter'
    ? settlement.letters.map(({ body, reason: { code } }) => ({ body, code }))
    : undefined;

describe('a message of one user', () => {
  test.each<[Verdict, Settlement['kind']]>([
    [DELIVERED, 'acknowledge'],
    [SUPERSEDED, 'acknowledge'],
    [REJECTED, 'deadLetter'],
    [TRANSIENT, 'retry'],
    [NOT_ATTEMPTED, 'retry'],
  ])('%j', (verdict, expected) => {
    expect(settle(intake({ userId: 'a' }, [verdict])).kind).toBe(expected);
  });

  test.each([TRANSIENT, NOT_ATTEMPTED])('on its last receive it is dead-lettered with its reason (%j)', (verdict) => {
    const last = intake({ userId: 'a' }, [verdict], { receiveCount: 3 });
    expect(letters(settle(last))).toEqual([
      { body: '{"userId":"a"}', code: (verdict as { reason: { code: string } }).reason.code },
    ]);
  });

  test('its dead letter is the body as it stood', () => {
    const body = '{ "userId" : "a",  "properties": {"n": 1.50} }';
    expect(letters(settle(intake(body, [REJECTED])))).toEqual([{ body, code: 'InvalidInputException' }]);
  });

  test('a body that breaks the contract is dead-lettered at once, as it stood', () => {
    expect(letters(settle(intake('{ nonsense', [])))).toEqual([
      { body: '{ nonsense', code: 'MessageContractViolation' },
    ]);
  });
});

describe('a message of several users', () => {
  const packed = { users: [{ userId: 'a', properties: { n: 1 } }, { userId: '' }, { userId: 'b' }] };

  test('is acknowledged when each of them is settled, its rejected users as messages of one user', () => {
    expect(letters(settle(intake(packed, [REJECTED, DELIVERED])))).toEqual([
      { body: '{"userId":"a","properties":{"n":1}}', code: 'InvalidInputException' },
      { body: '{"userId":""}', code: 'MessageContractViolation' },
    ]);
  });

  test('is retried whole if any is transient, and nothing of it is dead-lettered yet', () => {
    expect(settle(intake(packed, [REJECTED, TRANSIENT])).kind).toBe('retry');
  });

  test('on its last receive all that is not delivered is dead-lettered, and only that', () => {
    expect(letters(settle(intake(packed, [DELIVERED, TRANSIENT], { receiveCount: 3 })))).toEqual([
      { body: '{"userId":""}', code: 'MessageContractViolation' },
      { body: '{"userId":"b"}', code: 'InternalFailure' },
    ]);
  });

  test('is acknowledged when all were delivered', () => {
    expect(settle(intake({ users: [{ userId: 'a' }, { userId: 'b' }] }, [DELIVERED, SUPERSEDED])).kind).toBe(
      'acknowledge',
    );
  });
});

describe('a FIFO message group', () => {
  const inGroup = (group: string, verdict: Verdict) => intake({ userId: 'a' }, [verdict], { messageGroupId: group });

  test('is retried from its first transient failure on, and other groups are not', () => {
    const batch = [
      inGroup('g', DELIVERED),
      inGroup('g', TRANSIENT),
      inGroup('h', DELIVERED),
      inGroup('g', DELIVERED),
      inGroup('g', REJECTED),
      inGroup('h', REJECTED),
    ];
    expect(settleAll(batch, settings).map(({ kind }) => kind)).toEqual([
      'acknowledge',
      'retry',
      'acknowledge',
      'retry',
      'retry',
      'deadLetter',
    ]);
  });

  test('says of what it holds back that it was for an earlier message', () => {
    const [, second] = settleAll([inGroup('g', TRANSIENT), inGroup('g', DELIVERED)], settings);
    expect(second).toEqual({
      kind: 'retry',
      reason: {
        code: 'MessageGroupBlocked',
        message: 'an earlier message of the same message group is being retried',
      },
    });
  });

  test('keeps the reason of a message that fails by itself', () => {
    const [, second] = settleAll([inGroup('g', TRANSIENT), inGroup('g', NOT_ATTEMPTED)], settings);
    expect(second).toEqual({ kind: 'retry', reason: reason('DeadlineExceeded') });
  });

  test('comes back in its order: no message before an earlier one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 })),
        fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
        (counts, stream) => {
          const retried = counts.map((receiveCount) =>
            intake({ userId: `u${receiveCount}` }, [TRANSIENT], { receiveCount, messageGroupId: 'g' }),
          );
          const delays = planRetries(retried, { baseInSeconds: 2, maxInSeconds: 900 }, () => stream.next().value).map(
            ({ delayInSeconds }) => delayInSeconds,
          );
          expect(delays).toEqual(delays.toSorted((a, b) => a - b));
        },
      ),
    );
  });
});

test('of a standard queue, too, an older record of a user does not come back after a newer one', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c'), fc.integer({ min: 1, max: 9 })),
        { maxLength: 20 },
      ),
      fc.infiniteStream(fc.double({ min: 0, max: 0.99, noNaN: true })),
      (packs, stream) => {
        const retried = packs.map(([one, other, receiveCount]) =>
          intake({ users: [{ userId: one }, { userId: other }] }, [TRANSIENT, TRANSIENT], { receiveCount }),
        );
        const changes = planRetries(retried, { baseInSeconds: 2, maxInSeconds: 900 }, () => stream.next().value);
        for (const userId of ['a', 'b', 'c']) {
          const delays = changes
            .filter((_, n) => packs[n]![0] === userId || packs[n]![1] === userId)
            .map(({ delayInSeconds }) => delayInSeconds);
          expect(delays).toEqual(delays.toSorted((x, y) => x - y));
        }
      },
    ),
  );
});

describe('a back-off', () => {
  const longest = (retried: readonly Intake[]) =>
    planRetries(retried, { baseInSeconds: 2, maxInSeconds: 900 }, () => 1 - Number.EPSILON).map(
      ({ delayInSeconds }) => delayInSeconds,
    );
  const failed = (userId: string, overrides: Partial<Message>) => intake({ userId }, [TRANSIENT], overrides);

  test('is of the message, by its receipt handle, and grows with its receives', () => {
    const retried = [1, 2, 3].map((receiveCount) => failed(`u${receiveCount}`, { receiveCount, receiptHandle: 'h' }));
    expect(planRetries(retried, { baseInSeconds: 2, maxInSeconds: 900 }, () => 0)).toEqual([
      { receiptHandle: 'h', delayInSeconds: 1 },
      { receiptHandle: 'h', delayInSeconds: 2 },
      { receiptHandle: 'h', delayInSeconds: 4 },
    ]);
  });

  test('is not held up by older messages of other users and other groups', () => {
    expect(longest([failed('a', { receiveCount: 5 }), failed('b', { receiveCount: 1 })])).toEqual([32, 2]);
    const grouped = [
      failed('a', { receiveCount: 5, messageGroupId: 'g' }),
      failed('b', { receiveCount: 1, messageGroupId: 'h' }),
      failed('g', { receiveCount: 1, messageGroupId: 'b' }),
    ];
    expect(longest(grouped)).toEqual([32, 2, 2]);
  });

  test('is held up by an older message that has a user in common, and by what held that up', () => {
    const retried = [
      failed('a', { receiveCount: 5 }),
      intake({ users: [{ userId: 'a' }, { userId: 'b' }] }, [TRANSIENT, TRANSIENT]),
      failed('b', { receiveCount: 1 }),
    ];
    expect(longest(retried)).toEqual([32, 32, 32]);
  });
});

test('dead letters of a message have the places of their users in it, and know the invocation', () => {
  const four = { users: [{ userId: 'a' }, { userId: 'b' }, { userId: '' }, { userId: 'c' }] };
  const settled = settle(intake(four, [REJECTED, DELIVERED, REJECTED]));
  const all = settled.kind === 'deadLetter' ? settled.letters : [];
  expect(all.map(({ index, attributes }) => [index, attributes.RequestID?.stringValue])).toEqual([
    [0, 'r'],
    [2, 'r'],
    [3, 'r'],
  ]);
});

test('a user without a verdict is a defect of the function: its message is retried', () => {
  const without = { ...intake({ userId: 'a' }, []), deliveries: [{ user: { userId: 'a' } }] };
  expect(settle(without)).toMatchObject({ kind: 'retry', reason: { code: 'InternalError' } });
});

describe('a message that a defect struck', () => {
  const DEFECT = reason('InternalError');
  const struck = (overrides: Partial<Message> = {}): Intake => ({
    ...intake({ userId: 'a' }, [DELIVERED], overrides),
    defect: DEFECT,
  });

  test('is retried with that reason until its last receive, and is then dead-lettered as it stands', () => {
    expect(settle(struck({ receiveCount: 2 }))).toEqual({ kind: 'retry', reason: DEFECT });
    for (const receiveCount of [3, 4]) {
      expect(letters(settle(struck({ receiveCount })))).toEqual([{ body: '{"userId":"a"}', code: 'InternalError' }]);
    }
  });

  test('is retried however often, if it was not read as a whole: a letter would lack its attributes', () => {
    expect(settle(struck({ receiveCount: 99, defect: DEFECT }))).toEqual({ kind: 'retry', reason: DEFECT });
  });

  test('while it was settled is settled as a whole', () => {
    const last = intake({ users: [{ userId: 'a' }, { userId: 'b' }] }, [DELIVERED], { receiveCount: 3 });
    const { userId } = { userId: 'b' };
    const broken = { ...last, deliveries: [last.deliveries[0]!, { user: { userId } }] };
    expect(settle(broken)).toMatchObject({
      kind: 'deadLetter',
      letters: [{ index: 0, body: last.message.body, reason: { code: 'InternalError' } }],
    });
  });

  test('again when its letter was made is retried, with its first reason', () => {
    const unwritable = Object.defineProperty(message('nonsense', { receiveCount: 3 }), 'attributes', {
      get: () => {
        throw new TypeError('no attributes');
      },
    });
    const one: Intake = { message: unwritable, reading: read(unwritable.body), deliveries: [] };
    expect(settle(one)).toMatchObject({ kind: 'retry', reason: { code: 'InternalError' } });
  });
});

describe('letters of several users', () => {
  const about = (one: Intake) => {
    const settled = settle(one);
    return settled.kind === 'deadLetter' ? settled.letters : [];
  };

  test('may be stored in any order if they are of different users, and in theirs if they may be of one', () => {
    const packed = { users: [{ userId: 'a' }, { userId: 'b' }, { userId: 'a', n: 1 }, 7, { userId: '', n: 1 }, [8]] };
    const keys = about(intake(packed, [REJECTED, REJECTED])).map(({ orderKey }) => orderKey);
    expect(keys).toHaveLength(6);
    expect(new Set(keys).size).toBe(4);
    expect(keys[2]).toBe(keys[0]);
    expect(keys[5]).toBe(keys[3]);
    expect(keys).not.toContain(undefined);
  });

  test('who is called like nobody is not taken for one of whom nobody knows who it is', () => {
    const users = [7, { userId: 'nobody knows' }, { userId: '' }, { userId: 'undefined' }];
    const [nobody, ...others] = about(intake({ users }, [REJECTED, REJECTED])).map(({ orderKey }) => orderKey);
    expect(others).toHaveLength(3);
    expect(others).not.toContain(nobody);
  });

  test('are one each up to 300, and joined beyond, by the code of each', () => {
    const many = (count: number) => ({ users: Array.from({ length: count }, (_, n) => ({ userId: `u${n}`, bad: n })) });
    expect(about(intake(many(300), []))).toHaveLength(300);
    const [one, ...none] = about(intake(many(301), []));
    expect(none).toEqual([]);
    expect(one!.codes).toEqual(Array(301).fill('MessageContractViolation'));
    expect(one!.orderKey).toBeUndefined();
  });

  test('are joined for more than twenty of one user only where their order counts', () => {
    const many = { users: Array.from({ length: 21 }, (_, n) => ({ userId: 'a', bad: n })) };
    expect(about(intake(many, []))).toHaveLength(21);
    expect(about(intake(many, [], { messageGroupId: 'g' }))).toHaveLength(1);
  });
});

describe('dead letters keep the version of their record', () => {
  const versionsOf = (keepsVersions: boolean, one: Intake) => {
    const [settled] = settleAll([one], { ...settings, keepsVersions });
    return settled?.kind === 'deadLetter'
      ? settled.letters.map(({ attributes }) => attributes.RecordVersion?.stringValue)
      : [];
  };
  const received = message({ users: [{ userId: 'a', version: 7 }, { userId: 'b' }] }, { sentAt: 1234 });
  const reading = read(received.body);
  const deliveries = ['a', 'b'].map((userId) => ({ user: { userId }, verdict: REJECTED }));

  test('or the time at which it was sent, where something goes by versions', () => {
    expect(versionsOf(true, { message: received, reading, deliveries })).toEqual(['7', '1234']);
    expect(
      versionsOf(true, { message: message('nonsense', { sentAt: 5 }), reading: read(''), deliveries: [] }),
    ).toEqual(['5']);
  });

  test('and say nothing of it elsewhere', () => {
    expect(versionsOf(false, { message: received, reading, deliveries })).toEqual([undefined, undefined]);
  });
});

describe('a message that is of no use before a time', () => {
  const waits = (notBefore: number | undefined, now: number, verdict: Verdict = TRANSIENT) => {
    const one = intake({ userId: 'a' }, [verdict]);
    const deliveries = one.deliveries.map((delivery) => ({ ...delivery, notBefore }));
    const retried = [{ ...one, deliveries }];
    return planRetries(retried, { baseInSeconds: 2, maxInSeconds: 900 }, () => 0, undefined, now)[0]!.delayInSeconds;
  };

  test('is seen again a second after it at the earliest, in whole seconds', () => {
    expect(waits(100_000, 40_000)).toBe(61);
    expect(waits(100_001, 40_000)).toBe(62);
    expect(waits(99_999, 40_000)).toBe(61);
  });

  test('is seen again after its back-off if that is later, or the time is over', () => {
    expect(waits(undefined, 40_000)).toBe(1);
    expect(waits(40_000, 40_000)).toBe(1);
    expect(waits(0, 40_000)).toBe(1);
  });

  test('stays away for twelve hours at most, which is the most that SQS takes', () => {
    expect(waits(44_000_000, 0)).toBe(43_200);
    expect(waits(43_198_000, 0)).toBe(43_199);
  });
});

test('a message whose return cannot be planned has none, and all others have theirs', () => {
  const retried = [1, 2, 3].map((n) => intake({ userId: `u${n}` }, [TRANSIENT], { receiptHandle: `r${n}` }));
  let drawn = 0;
  const random = () => {
    if (++drawn === 2) throw new RangeError('no number');
    return 0;
  };
  expect(planRetries(retried, { baseInSeconds: 2, maxInSeconds: 900 }, random)).toEqual([
    { receiptHandle: 'r1', delayInSeconds: 1 },
    { receiptHandle: 'r3', delayInSeconds: 1 },
  ]);
});

test('a message that a defect struck before its users had verdicts waits as long as others', () => {
  const struck = { ...intake({ userId: 'a' }, []), deliveries: [{ user: { userId: 'a' } }] };
  expect(planRetries([struck], { baseInSeconds: 2, maxInSeconds: 900 }, () => 0)).toEqual([
    { receiptHandle: struck.message.receiptHandle, delayInSeconds: 1 },
  ]);
});
