import { describe, expect, test } from '@jest/globals';
import { type CallOptions, createCallGroup, type DeliveryStatistics } from '../../../lambda/core/call-group.ts';
import type { Group } from '../../../lambda/core/delivery.ts';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';
import { deliveriesOf } from '../../support/deliver.ts';
import { INTERNAL_FAILURE, INVALID_INPUT, serviceError, THROTTLED } from '../../support/errors.ts';

const GROUP: Group = deliveriesOf(['a', 'b']);

/** What calls a PutUsers that throws what comes next in a list, or nothing. It has every turn at once. */
function callGroup(answers: readonly (Error | undefined)[], parts: Partial<CallOptions> = {}) {
  const clock = createVirtualClock();
  const statistics: DeliveryStatistics = { calls: 0, throttledCalls: 0, usersCalled: 0 };
  const timesAllowed: number[] = [];
  const asked: unknown[] = [];
  const left = [...answers];
  const call = createCallGroup(
    {
      clock,
      random: () => 0.5,
      deadline: Number.POSITIVE_INFINITY,
      pacer: {
        admit: async (deadline, turn) => {
          asked.push([deadline, turn]);
          return true;
        },
        answered: () => {},
        untilFree: () => undefined,
      },
      putUsers: async (_, { timeoutInMilliseconds }) => {
        timesAllowed.push(timeoutInMilliseconds);
        const error = left.shift();
        if (error) throw error;
      },
      ...parts,
    },
    statistics,
  );
  return { call, statistics, timesAllowed, asked };
}

const failures = (count: number) => Array.from({ length: count }, INTERNAL_FAILURE);

describe('an attempt', () => {
  test('has five seconds at most, and never none: a time of 0 would be no limit', async () => {
    const patient = callGroup([]);
    await patient.call(GROUP, 1);
    expect(patient.timesAllowed).toEqual([5_000]);
    const late = callGroup([], { deadline: -1 });
    await late.call(GROUP, 1);
    expect(late.timesAllowed).toEqual([1]);
  });

  test('asks for its turn, so early that it has half a second left', async () => {
    const { call, asked } = callGroup([THROTTLED()], { deadline: 10_000 });
    await call(GROUP, 7);
    expect(asked).toEqual([
      [9_500, 7],
      [9_500, 7],
    ]);
  });

  test('counts, whatever comes of it, and so do its users', async () => {
    const { call, statistics } = callGroup([THROTTLED(), INTERNAL_FAILURE(), THROTTLED(), INVALID_INPUT()]);
    expect(await call(GROUP, 1)).toMatchObject({ kind: 'rejected' });
    expect(statistics).toEqual({ calls: 4, throttledCalls: 2, usersCalled: 8 });
  });

  test('that has no turn in time after one that failed leaves the group with the reason of that one', async () => {
    const turns = [true, false];
    const pacer: CallOptions['pacer'] = {
      admit: async () => turns.shift()!,
      answered: () => {},
      untilFree: () => undefined,
    };
    const { call } = callGroup([INTERNAL_FAILURE()], { pacer });
    expect(await call(GROUP, 1)).toMatchObject({ kind: 'transient', reason: { code: 'InternalFailure' } });
  });
});

test.each<[string, Error, boolean]>([
  ['a time-out', Object.assign(new Error('late'), { name: 'TimeoutError' }), true],
  ['a failure of the service', INTERNAL_FAILURE(), true],
  ['throttling', THROTTLED(), false],
  ['a missing permission', serviceError('AccessDeniedException', 400), false],
  ['a refusal', INVALID_INPUT(), false],
])('who watches for calls that may still take effect is told of each: %s', async (_, error, mayTakeEffect) => {
  const unanswered: Group[] = [];
  const { call } = callGroup([error], { onUnanswered: (group) => void unanswered.push(group) });
  await call(GROUP, 1);
  expect(unanswered).toEqual(mayTakeEffect ? [GROUP] : []);
});

describe('PutUsers is taken to be down', () => {
  test('after six failed attempts in a row, over all groups: then nobody is called any more', async () => {
    const { call, statistics } = callGroup(failures(6));
    await call(GROUP, 1);
    await call(GROUP, 2);
    expect(await call(GROUP, 3)).toMatchObject({ kind: 'notAttempted', reason: { code: 'InternalFailure' } });
    expect(statistics.calls).toBe(6);
  });

  test('and not after any number that are not in a row: each answer that counts begins the count anew', async () => {
    for (const answer of [undefined, INVALID_INPUT()]) {
      const { call, statistics } = callGroup([...failures(5), answer, ...failures(5), answer]);
      for (let calls = 0; calls < 4; calls++) await call(GROUP, 1);
      expect(await call(GROUP, 1)).toEqual({ kind: 'delivered' });
      expect(statistics.calls).toBe(13);
    }
  });

  test('while a group waits for its turn: it is not called either', async () => {
    const turn = Promise.withResolvers<boolean>();
    let asked = 0;
    const pacer: CallOptions['pacer'] = {
      admit: () => (asked++ === 0 ? turn.promise : Promise.resolve(true)),
      answered: () => {},
      untilFree: () => undefined,
    };
    const { call, statistics } = callGroup(failures(6), { pacer });
    const waiting = call(GROUP, 1);
    await call(GROUP, 2);
    await call(GROUP, 3);
    turn.resolve(true);
    expect(await waiting).toMatchObject({ kind: 'notAttempted', reason: { code: 'InternalFailure' } });
    expect(statistics.calls).toBe(6);
  });
});
