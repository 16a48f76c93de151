import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { UserRecord } from '../../../contract/message/schema.ts';
import { deliver } from '../../../lambda/core/deliver.ts';
import type { Delivery } from '../../../lambda/core/delivery.ts';
import { createPacer } from '../../../lambda/core/pacer.ts';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';
import { deliveriesOf, refusing, runDeliver } from '../../support/deliver.ts';
import { INTERNAL_FAILURE, INVALID_INPUT, NOT_FOUND, serviceError, THROTTLED } from '../../support/errors.ts';

const ids = (howMany: number) => Array.from({ length: howMany }, (_, index) => `u${index}`);
const kinds = (deliveries: readonly Delivery[]) => deliveries.map(({ verdict }) => verdict?.kind);

describe('packing', () => {
  test('1,000 users are exactly 100 calls of ten', async () => {
    const deliveries = deliveriesOf(ids(1000));
    const { calls } = await runDeliver(deliveries);
    expect(calls).toHaveLength(100);
    expect(calls.every((users) => users.length === 10)).toBe(true);
    expect(new Set(calls.flat()).size).toBe(1000);
    expect(new Set(kinds(deliveries))).toEqual(new Set(['delivered']));
  });

  test('only the last call carries fewer than ten', async () => {
    const { calls, statistics } = await runDeliver(deliveriesOf(ids(23)));
    expect(calls.map((users) => users.length)).toEqual([10, 10, 3]);
    expect(statistics).toEqual({ calls: 3, throttledCalls: 0, usersCalled: 23 });
  });

  test('no users are no calls', async () => {
    expect((await runDeliver([])).calls).toEqual([]);
  });

  test('slow calls overlap, so that they hold the rate', async () => {
    const { times } = await runDeliver(deliveriesOf(ids(50)), undefined, { latency: 1000, callsPerSecond: 5 });
    expect(times).toEqual([0, 200, 400, 600, 800]);
  });

  test('ten groups are on their way at a time, and no more', async () => {
    const { times } = await runDeliver(deliveriesOf(ids(200)), undefined, { latency: 2000, callsPerSecond: 20 });
    expect(times.slice(0, 11)).toEqual([0, 50, 100, 150, 200, 250, 300, 350, 400, 450, 2000]);
  });

  test('what fills no whole group waits for the groups on their way, which may bring back some', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(21)), refusing(new Set(['u0']), INVALID_INPUT));
    // The nine of u0's group that were put back, and u20.
    expect(calls.map((users) => users.length)).toEqual([10, 4, 1, 10, 10]);
  });
});

describe('splitting', () => {
  test.each(ids(10))(
    'one bad user among ten (%s) costs at most 7 calls, and the other nine are delivered',
    async (bad) => {
      const deliveries = deliveriesOf(ids(10));
      const { calls } = await runDeliver(deliveries, refusing(new Set([bad]), INVALID_INPUT));
      expect(calls.length).toBeLessThanOrEqual(7);
      for (const { user, verdict } of deliveries) {
        expect(verdict?.kind).toBe(user.userId === bad ? 'rejected' : 'delivered');
      }
    },
  );

  test('any bad users among ten cost at most 20 calls, each is rejected and no other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.subarray(ids(10)), async (bad) => {
        const deliveries = deliveriesOf(ids(10));
        const { calls } = await runDeliver(deliveries, refusing(new Set(bad), INVALID_INPUT));
        expect(calls.length).toBeLessThanOrEqual(20);
        const rejected = deliveries.filter(({ verdict }) => verdict?.kind === 'rejected');
        expect(rejected.map(({ user }) => user.userId)).toEqual(bad);
        expect(deliveries.every(({ verdict }) => verdict)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  test('who was not the culprit after all shares its next call with others', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(20)), refusing(new Set(['u0']), INVALID_INPUT));
    // u0 to u9 is rejected, then u0 to u3, then u0; the other nine and nobody else are left.
    expect(calls.map((users) => users.length)).toEqual([10, 4, 1, 10, 9]);
  });

  test('who was put back once and is rejected again is not put back again', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(10)), refusing(new Set(['u0', 'u4', 'u9']), INVALID_INPUT));
    const callsOf = (userId: string) => calls.filter((users) => users.includes(userId)).length;
    expect(Math.max(...ids(10).map(callsOf))).toBeLessThanOrEqual(6);
  });

  test('who comes with one that was put back before is not put back either', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(22)), refusing(new Set(['u0', 'u1']), INVALID_INPUT));
    // u2 and u3 were put back with u1, u20 was not.
    expect(calls.slice(-3)).toEqual([['u1'], ['u2', 'u3', 'u20'], ['u21']]);
  });

  test('users that are all bad are soon called one by one', async () => {
    const bad = ids(500);
    const { calls } = await runDeliver(deliveriesOf(bad), refusing(new Set(bad), INVALID_INPUT));
    // The 18 besides are the groups that were taken before enough was known, and their splitting.
    expect(calls).toHaveLength(500 + 18);
  });

  test('groups grow again when what follows is delivered', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(1000)), refusing(new Set(ids(100)), INVALID_INPUT));
    const sizes = calls.map((users) => users.length);
    expect([sizes[200], sizes[400], sizes.at(-2)]).toEqual([1, 4, 7]);
  });

  test('groups stay whole when it is the request that is refused', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(500)), NOT_FOUND);
    expect(calls).toHaveLength(50);
  });

  test('a culprit is rejected with the reason of a call of its own', async () => {
    const deliveries = deliveriesOf(ids(10));
    await runDeliver(deliveries, (users) =>
      users.some(({ userId }) => userId === 'u9')
        ? serviceError('InvalidInputException', 400, `${users.length} users, one of them bad`)
        : undefined,
    );
    expect(deliveries[9]!.verdict).toEqual({
      kind: 'rejected',
      reason: { code: 'InvalidInputException', message: '1 users, one of them bad' },
    });
  });

  test('an error about the request is not split: all ten are rejected after one call', async () => {
    const deliveries = deliveriesOf(ids(10));
    const { calls } = await runDeliver(deliveries, NOT_FOUND);
    expect(calls).toHaveLength(1);
    expect(new Set(kinds(deliveries))).toEqual(new Set(['rejected']));
  });

  test('nor is a part of a group that is refused for a user', async () => {
    const deliveries = deliveriesOf(ids(10));
    const { calls } = await runDeliver(deliveries, (_, call) => (call === 1 ? INVALID_INPUT() : NOT_FOUND()));
    expect(calls.map((users) => users.length)).toEqual([10, 4, 6]);
    expect(new Set(kinds(deliveries))).toEqual(new Set(['rejected']));
  });

  test('the rest of a group is delivered even if a part of it fails in passing', async () => {
    const deliveries = deliveriesOf(ids(10));
    await runDeliver(deliveries, (users) => {
      if (users.length === 10) return INVALID_INPUT();
      return users.some(({ userId }) => userId === 'u0') ? serviceError('AccessDeniedException', 400) : undefined;
    });
    expect(kinds(deliveries)).toEqual([...Array(4).fill('transient'), ...Array(6).fill('delivered')]);
  });
});

describe('several records of one user', () => {
  const versions = (...properties: string[]): Delivery =>
    properties.reduce<Delivery | undefined>(
      (older, text) => ({ user: { userId: 'a', properties: text }, older }),
      undefined,
    )!;
  const chain = (newest: Delivery) => {
    const all: Delivery[] = [];
    for (let each: Delivery | undefined = newest; each; each = each.older) all.push(each);
    return all;
  };

  test('the newest is delivered, and the older ones are superseded without a call', async () => {
    const newest = versions('1', '2', '3');
    const { calls } = await runDeliver([newest]);
    expect(calls).toHaveLength(1);
    expect(kinds(chain(newest))).toEqual(['delivered', 'superseded', 'superseded']);
  });

  test('if the newest is rejected, the next older one is delivered instead', async () => {
    const newest = versions('1', '2', '3');
    await runDeliver([newest], (users) =>
      users.some(({ properties }) => properties === '3') ? INVALID_INPUT() : undefined,
    );
    expect(kinds(chain(newest))).toEqual(['rejected', 'delivered', 'superseded']);
  });

  test('as long as the newest may yet be delivered, the older ones wait with it', async () => {
    const newest = versions('1', '2');
    await runDeliver([newest], () => INTERNAL_FAILURE());
    expect(kinds(chain(newest))).toEqual(['transient', 'transient']);
  });
});

describe('failures that pass', () => {
  test('a throttled group is called again in the same invocation', async () => {
    const deliveries = deliveriesOf(ids(10));
    const { statistics } = await runDeliver(deliveries, (_, call) => (call === 1 ? THROTTLED() : undefined));
    expect(statistics).toEqual({ calls: 2, throttledCalls: 1, usersCalled: 20 });
    expect(new Set(kinds(deliveries))).toEqual(new Set(['delivered']));
  });

  test('throttled attempts do not count: the group is called until it is let through', async () => {
    const deliveries = deliveriesOf(ids(10));
    const { calls } = await runDeliver(deliveries, (_, call) => (call <= 8 ? THROTTLED() : undefined));
    expect(calls).toHaveLength(9);
    expect(new Set(kinds(deliveries))).toEqual(new Set(['delivered']));
  });

  test('throttling does not pass for an outage', async () => {
    const deliveries = deliveriesOf(ids(200));
    await runDeliver(deliveries, (_, call) => (call <= 15 ? THROTTLED() : undefined));
    expect(new Set(kinds(deliveries))).toEqual(new Set(['delivered']));
  });

  test('a group that is still throttled when the time is over waits for that reason', async () => {
    const deliveries = deliveriesOf(ids(10));
    await runDeliver(deliveries, THROTTLED, { deadline: 2000 });
    expect(deliveries[0]!.verdict).toMatchObject({ kind: 'transient', reason: { code: 'ThrottlingException' } });
  });

  test('a group is attempted three times at most', async () => {
    const deliveries = deliveriesOf(ids(10));
    const { calls } = await runDeliver(deliveries, () => INTERNAL_FAILURE());
    expect(calls).toHaveLength(3);
    expect(deliveries[0]!.verdict).toEqual({
      kind: 'transient',
      reason: { code: 'InternalFailure', message: 'InternalFailure' },
    });
  });

  test('the waits between attempts double, and half to one and a half times of each is random', async () => {
    const timesWith = async (random: number) =>
      (await runDeliver(deliveriesOf(ids(10)), INTERNAL_FAILURE, { callsPerSecond: 1000, random: () => random })).times;
    // Each attempt takes 60 ms; the waits are 200 and 400 ms, times 0.5 to 1.5.
    expect(await timesWith(0)).toEqual([0, 160, 420]);
    expect(await timesWith(0.25)).toEqual([0, 210, 570]);
  });

  test('the pacer is told of each answer whether it was throttled', async () => {
    const answers = [THROTTLED(), INTERNAL_FAILURE(), undefined, THROTTLED(), INVALID_INPUT()];
    const told: boolean[] = [];
    const pacer = {
      untilFree: () => undefined,
      admit: async () => true,
      answered: (throttled: boolean) => void told.push(throttled),
    };
    for (const deliveries of [deliveriesOf(['a']), deliveriesOf(['b'])]) {
      await runDeliver(deliveries, () => answers.shift(), { pacer });
    }
    expect(told).toEqual([true, false, false, true, false]);
  });

  test('missing permissions are not attempted again: this invocation cannot mend them', async () => {
    const { calls } = await runDeliver(deliveriesOf(ids(10)), () => serviceError('AccessDeniedException', 400));
    expect(calls).toHaveLength(1);
  });

  test('when PutUsers is down, calls stop, and who was not called waits for the same reason', async () => {
    const deliveries = deliveriesOf(ids(1000));
    const { calls } = await runDeliver(deliveries, () => INTERNAL_FAILURE());
    expect(calls).toHaveLength(6);
    const called = new Set(calls.flat());
    const uncalled = deliveries.filter(({ user }) => !called.has(user.userId));
    expect(new Set(kinds(uncalled))).toEqual(new Set(['notAttempted']));
    expect(new Set(deliveries.map(({ verdict }) => (verdict as { reason: { code: string } }).reason.code))).toEqual(
      new Set(['InternalFailure']),
    );
  });

  test('when PutUsers is down, who has no turn yet does not wait for one', async () => {
    const endOf = async (users: number) => (await runDeliver(deliveriesOf(ids(users)), INTERNAL_FAILURE)).endedAt;
    expect(await endOf(1000)).toBe(await endOf(100));
  });
});

describe('the deadline', () => {
  test('no call begins that could not end in time, and who is left is not attempted', async () => {
    const deliveries = deliveriesOf(ids(100));
    const { times } = await runDeliver(deliveries, undefined, { deadline: 1000, callsPerSecond: 5 });
    expect(times).toEqual([0, 200, 400]);
    expect(kinds(deliveries).filter((kind) => kind === 'delivered')).toHaveLength(30);
    expect(deliveries[99]!.verdict).toEqual({
      kind: 'notAttempted',
      reason: { code: 'DeadlineExceeded', message: 'the function was out of time before it could call PutUsers' },
    });
  });

  test('a call gets no more time than is left', async () => {
    const timeouts: number[] = [];
    await runDeliver(deliveriesOf(ids(20)), undefined, {
      deadline: 800,
      putUsers: async (_, { timeoutInMilliseconds }) => void timeouts.push(timeoutInMilliseconds),
    });
    expect(timeouts).toEqual([800, 600]);
  });
});

describe('what throws while a group is settled', () => {
  /** An error that throws when it is looked at, as nothing should. */
  const UNREADABLE = Object.defineProperty({}, 'name', {
    get: () => {
      throw new SyntaxError('unreadable');
    },
  });
  const REASON = { code: 'InternalError', message: 'm' };

  /** Delivers, and notes what `onDefect` is told. */
  async function run(newest: readonly Delivery[], answer: (users: readonly UserRecord[]) => unknown) {
    const told: { thrown: unknown; userIds: readonly string[] }[] = [];
    const clock = createVirtualClock();
    const options = {
      clock,
      pacer: createPacer({ callsPerSecond: 5 }, clock),
      random: () => 0.5,
      deadline: Number.POSITIVE_INFINITY,
      putUsers: async (users: readonly UserRecord[]) => {
        const error = answer(users);
        if (error) throw error;
      },
    };
    await deliver(newest, options, undefined, (thrown, group) => {
      told.push({ thrown, userIds: group.map(({ user }) => user.userId) });
      return REASON;
    });
    return told;
  }

  test('is told of with its group, whose users are to be tried again, and so are their older records', async () => {
    const oldest: Delivery = { user: { userId: 'a', properties: '1' } };
    const older: Delivery = { user: { userId: 'a', properties: '2' }, older: oldest };
    const group = [{ user: { userId: 'a', properties: '3' }, older }, ...deliveriesOf(ids(9))];
    const others = deliveriesOf(['x', 'y']);
    const told = await run([...group, ...others], (users) =>
      users.some(({ userId }) => userId === 'a') ? UNREADABLE : undefined,
    );
    expect(told).toEqual([{ thrown: expect.any(SyntaxError), userIds: ['a', ...ids(9)] }]);
    const verdict = { kind: 'transient', reason: REASON };
    for (const delivery of [...group, older, oldest]) expect(delivery.verdict).toEqual(verdict);
    expect(kinds(others)).toEqual(['delivered', 'delivered']);
  });

  test('changes nothing for those of the group who have their verdict', async () => {
    const group = deliveriesOf(ids(10));
    await run(group, (users) => {
      if (users.length === 10) return INVALID_INPUT();
      return users[0]!.userId === 'u0' ? undefined : UNREADABLE;
    });
    expect(kinds(group)).toEqual([...Array(4).fill('delivered'), ...Array(6).fill('transient')]);
  });

  test('is thrown on, where nobody wants to be told', async () => {
    await expect(runDeliver(deliveriesOf(['a']), () => UNREADABLE)).rejects.toThrow(SyntaxError);
  });
});
