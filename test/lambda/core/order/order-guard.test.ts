/** What the guard of a batch asks of the table of versions and when, and what becomes of each user by its answers. */
import { describe, expect, test } from '@jest/globals';
import type { Delivery, Group } from '../../../../lambda/core/delivery.ts';
import { createLanes } from '../../../../lambda/core/lanes.ts';
import type { LeaseEnd, LeaseEndReply, LeaseReply, LeaseRequest } from '../../../../lambda/core/order/lease.ts';
import { createOrderGuard, type OrderGuardOptions } from '../../../../lambda/core/order/order-guard.ts';
import { createVirtualClock } from '../../../../simulation/planning/virtual-clock.ts';
import { createModelTable } from '../../../support/model-table.ts';

const DOWN = { kind: 'failed', reason: { code: 'OrderTableUnavailable', message: 'down' } } as const;
const DEFECT = { code: 'InternalError', message: 'a defect' };
const BEING_UPDATED = {
  code: 'UserBeingUpdated',
  message: 'another record of the same user is being delivered, or a call with one may still take effect',
};
const SILENT = { code: 'UnknownError', message: 'the table of versions gave no answer' };
/** When the test begins, by the clock, and what the time of day is then. */
const START = 1_000;
const DAYTIME = 5_000_000;

const record = (userId: string, version = 7n): Delivery => ({ user: { userId }, version });
const records = (howMany: number) => Array.from({ length: howMany }, (_, n) => record(`u${n}`));
const idsOf = (group: Group) => group.map(({ user }) => user.userId);

interface Asked<Request> {
  readonly at: number;
  readonly timeoutInMilliseconds: number;
  readonly requests: readonly Request[];
}

/** A guard on a table that does what the protocol says, but for what the test wants otherwise. */
function guardOf(
  newest: readonly Delivery[],
  {
    lease,
    end,
    ...options
  }: Partial<OrderGuardOptions> & {
    readonly lease?: (requests: readonly LeaseRequest[], ask: number) => readonly LeaseReply[] | undefined;
    readonly end?: (ends: readonly LeaseEnd[]) => readonly LeaseEndReply[] | undefined;
  } = {},
) {
  const clock = createVirtualClock(START);
  const table = createModelTable();
  const leases: Asked<LeaseRequest>[] = [];
  const ends: Asked<LeaseEnd>[] = [];
  const defects: { readonly thrown: unknown; readonly userIds: readonly string[] }[] = [];
  const lanes = createLanes([], new Map());
  const guard = createOrderGuard(newest, {
    versions: {
      lease: async (requests, within) => {
        leases.push({ at: clock.now(), ...within, requests });
        return lease?.(requests, leases.length) ?? table.lease(requests, within);
      },
      end: async (requests, within) => {
        ends.push({ at: clock.now(), ...within, requests });
        return end?.(requests) ?? table.end(requests, within);
      },
    },
    owner: 'me',
    clock,
    wallClock: () => DAYTIME + clock.now() - START,
    deadline: START + 20_000,
    endsAt: START + 30_000,
    onDefect: (thrown, group) => {
      defects.push({ thrown, userIds: idsOf(group) });
      return DEFECT;
    },
    ...options,
  });
  const fill = async () => {
    guard.fill(lanes);
    await guard.leasing();
  };
  /** Asks until everybody has a verdict, or is in a lane. Nobody of a lane is called. */
  const fillAll = async () => {
    for (let times = 0; guard.isOpen() && times < 100; times++) {
      await fill();
      while (lanes.left() > 0) lanes.withWholeGroup() ? lanes.withWholeGroup()!.take() : takeRest();
    }
    expect(guard.isOpen()).toBe(false);
  };
  const takeRest = () => lanes.nextBut(new Set())!.take();
  return { guard, clock, table, lanes, leases, ends, defects, fill, fillAll, takeRest };
}

describe('leases', () => {
  test('are taken fifty at a time, and more of them when fewer than twenty users are ready', async () => {
    const { guard, lanes, leases, fill, takeRest } = guardOf(records(120));
    await fill();
    expect([leases.length, lanes.left()]).toEqual([1, 50]);
    expect(leases[0]!.requests).toHaveLength(50);
    for (const left of [40, 30, 20]) {
      takeRest();
      await fill();
      expect([leases.length, lanes.left()]).toEqual([1, left]);
    }
    takeRest();
    await fill();
    expect([leases.length, lanes.left()]).toEqual([2, 60]);
    while (lanes.left() > 0) takeRest();
    expect(guard.isOpen()).toBe(true);
    await fill();
    expect(leases.map(({ requests }) => requests.length)).toEqual([50, 50, 20]);
    expect(guard.isOpen()).toBe(false);

    while (lanes.left() > 0) takeRest();
    guard.fill(lanes);
    expect(guard.leasing()).toBeUndefined();
    expect(guard.isOpen()).toBe(false);
  });

  test('are asked for once at a time, and the guard is open until their answers are there', async () => {
    const { guard, lanes, leases } = guardOf(records(60));
    expect(guard.leasing()).toBeUndefined();
    guard.fill(lanes);
    guard.fill(lanes);
    expect(leases).toHaveLength(1);
    await guard.leasing();
    expect(guard.leasing()).toBeUndefined();
    expect(leases).toHaveLength(1);

    const single = guardOf(records(1));
    single.guard.fill(single.lanes);
    expect(single.guard.isOpen()).toBe(true);
    await single.guard.leasing();
    expect(single.guard.isOpen()).toBe(false);
  });

  test('are of this invocation, and outlive its end by a minute, by the time of day', async () => {
    const { leases, clock, fill } = guardOf([record('a', 9n)]);
    await clock.sleep(500);
    await fill();
    expect(leases[0]!.requests).toEqual([
      { userId: 'a', version: 9n, owner: 'me', now: DAYTIME + 500, until: DAYTIME + 30_000 + 60_000 },
    ]);
  });

  test.each([
    ['two seconds', 0, 2_000],
    ['two seconds, while the reserve lets it', 19_500, 2_000],
    ['what is left of the time for them', 19_501, 1_999],
    ['what is left of the time for them, short of the deadline', 19_999, 1_501],
  ])('may take %s', async (_, after, timeoutInMilliseconds) => {
    const { leases, clock, fill } = guardOf(records(1));
    await clock.sleep(after);
    await fill();
    expect(leases).toMatchObject([{ timeoutInMilliseconds }]);
  });

  test('are not asked for once the deadline has come, and whoever has none is not attempted', async () => {
    const newest = records(60);
    const { guard, clock, leases, fill } = guardOf(newest);
    await clock.sleep(20_000);
    await fill();
    expect(leases).toEqual([]);
    expect(guard.isOpen()).toBe(false);
    const verdicts = new Set(newest.map(({ verdict }) => verdict?.kind));
    expect(verdicts).toEqual(new Set(['notAttempted']));
    expect(newest[0]!.verdict).toMatchObject({ reason: { code: 'DeadlineExceeded' } });
  });
});

describe('a user whom another invocation holds', () => {
  const heldFor = (milliseconds: number) => ({ owner: 'other', until: DAYTIME + milliseconds });

  test('is asked for again after 0.1, 0.2, 0.4, 0.8 and 1.6 seconds, and is then retried, not before the lease ends', async () => {
    const older = record('a', 6n);
    const newest: Delivery = { ...record('a'), older };
    const { table, leases, fillAll } = guardOf([newest]);
    table.items.set('a', heldFor(90_000));
    await fillAll();
    expect(leases.map(({ at }) => at - START)).toEqual([0, 100, 300, 700, 1_500, 3_100]);
    for (const each of [newest, older]) {
      expect(each.verdict).toEqual({ kind: 'transient', reason: BEING_UPDATED });
      expect(each.notBefore).toBe(DAYTIME + 90_000);
    }
  });

  test('is called if it is given back meanwhile, and then nothing keeps its message away', async () => {
    const older = record('a', 6n);
    const newest: Delivery = { ...record('a'), older };
    const { guard, table, lanes, fill } = guardOf([newest]);
    table.items.set('a', heldFor(90_000));
    await fill();
    expect([guard.isOpen(), lanes.left(), older.notBefore]).toEqual([true, 0, DAYTIME + 90_000]);
    table.items.delete('a');
    await fill();
    expect([guard.isOpen(), lanes.left()]).toEqual([false, 1]);
    expect([newest.notBefore, older.notBefore]).toEqual([undefined, undefined]);
    expect(newest.verdict).toBeUndefined();
  });

  test('waits until those who are ready have had their turn', async () => {
    const { table, lanes, leases, fill, takeRest } = guardOf([record('held'), record('free')]);
    table.items.set('held', heldFor(90_000));
    await fill();
    await fill();
    expect([leases.length, lanes.left()]).toEqual([1, 1]);
    takeRest();
    await fill();
    expect(leases.map(({ requests }) => requests.map(({ userId }) => userId))).toEqual([['held', 'free'], ['held']]);
  });

  test('is not waited for beyond the deadline', async () => {
    const newest = [record('a')];
    const { table, leases, fillAll } = guardOf(newest, { deadline: START + 300 });
    table.items.set('a', heldFor(90_000));
    await fillAll();
    expect(leases.map(({ at }) => at - START)).toEqual([0, 100, 300]);
    expect(newest[0]!.verdict).toMatchObject({ kind: 'notAttempted', reason: { code: 'DeadlineExceeded' } });
  });

  test('is retried at once if its lease is kept, and so are its older records', async () => {
    const older = record('a', 6n);
    const newest: Delivery = { ...record('a'), older };
    const { table, leases, fillAll } = guardOf([newest]);
    table.items.set('a', heldFor(59_000));
    await fillAll();
    expect(leases).toHaveLength(1);
    for (const each of [newest, older]) {
      expect(each).toMatchObject({
        verdict: { kind: 'transient', reason: BEING_UPDATED },
        notBefore: DAYTIME + 59_000,
      });
    }
  });

  test('is superseded with its older records if a newer one was delivered', async () => {
    const older = record('a', 6n);
    const newest: Delivery = { ...record('a'), older };
    const { table, lanes, fillAll } = guardOf([newest]);
    table.items.set('a', { delivered: 8n });
    await fillAll();
    for (const each of [newest, older]) expect(each.verdict).toEqual({ kind: 'superseded', by: 'stored' });
    expect(lanes.left()).toBe(0);
  });
});

describe('a table that fails', () => {
  const verdictsOf = (newest: readonly Delivery[]) =>
    newest.map(({ verdict }) => verdict && 'reason' in verdict && `${verdict.kind} ${verdict.reason.message}`);

  test('twice for all of fifty is taken to be down: nobody else is asked for', async () => {
    const newest = records(120);
    const { leases, fillAll } = guardOf(newest, { lease: (requests) => requests.map(() => DOWN) });
    await fillAll();
    expect(leases).toHaveLength(2);
    expect(verdictsOf(newest)).toEqual([...Array(100).fill('transient down'), ...Array(20).fill('notAttempted down')]);
  });

  test.each<[string, (ask: number, index: number) => boolean]>([
    ['for all but one of each fifty', (_, index) => index > 0],
    ['for every other fifty', (ask) => ask % 2 === 1],
  ])('%s is asked for everybody', async (_, fails) => {
    const newest = records(250);
    const { leases, table, fillAll } = guardOf(newest, {
      lease: (requests, ask) => {
        // The table answers at once, so nothing can come between.
        const replies = requests.map((request, index): LeaseReply => {
          if (fails(ask, index)) return DOWN;
          table.items.set(request.userId, { owner: request.owner, until: request.until });
          return { kind: 'leased', stored: {} };
        });
        return replies;
      },
    });
    await fillAll();
    expect(leases).toHaveLength(5);
    expect(new Set(verdictsOf(newest))).toEqual(new Set([undefined, 'transient down']));
  });

  test('and throws, though it promises not to, has given no answer, and so has one that leaves answers out', async () => {
    const thrown = [record('a'), record('b')];
    const broken = guardOf(thrown, {
      lease: () => {
        throw new RangeError('broken');
      },
    });
    await broken.fillAll();
    const some = [record('a'), record('b')];
    const short = guardOf(some, { lease: () => [{ kind: 'leased', stored: {} }] });
    await short.fillAll();

    const silent = { kind: 'transient', reason: SILENT };
    expect(thrown.map(({ verdict }) => verdict)).toEqual([silent, silent]);
    expect(some.map(({ verdict }) => verdict)).toEqual([undefined, silent]);
    expect([...broken.defects, ...short.defects]).toEqual([]);
  });

  test('for one user is the failure of that user and its older records', async () => {
    const older = record('b', 6n);
    const newest: readonly Delivery[] = [record('a'), { ...record('b'), older }];
    const { lanes, fill } = guardOf(newest, {
      lease: () => [{ kind: 'leased', stored: {} }, DOWN],
    });
    await fill();
    expect(lanes.left()).toBe(1);
    expect([newest[1]!.verdict, older.verdict]).toEqual(Array(2).fill({ kind: 'transient', reason: DOWN.reason }));
  });
});

describe('a defect while leases are taken', () => {
  test('before any was asked for is the failure of all that were to be asked for, and of their older records', async () => {
    const older = record('b', 6n);
    const newest: readonly Delivery[] = [record('a'), { ...record('b'), older }];
    const thrown = new RangeError('no time');
    const { guard, defects, leases, fill } = guardOf(newest, {
      wallClock: () => {
        throw thrown;
      },
    });
    await fill();
    expect(defects).toEqual([{ thrown, userIds: ['a', 'b'] }]);
    for (const { verdict } of [...newest, older]) expect(verdict).toEqual({ kind: 'transient', reason: DEFECT });
    expect(leases).toEqual([]);
    expect(guard.isOpen()).toBe(false);
  });

  test('after they were taken leaves everybody as the table has it', async () => {
    const newest = ['leased', 'held', 'superseded', 'failed'].map((id) => record(id));
    const replies = [
      { kind: 'leased', stored: {} },
      { kind: 'refused', stored: { owner: 'other', until: DAYTIME + 90_000 } },
      { kind: 'refused', stored: { delivered: 9n } },
      DOWN,
    ] as const;
    const thrown = new RangeError('broken');
    const { guard, defects, lanes, fill } = guardOf(newest, {
      lease: () =>
        Object.assign([...replies], {
          filter: () => {
            throw thrown;
          },
        }),
    });
    await fill();
    expect(newest.map(({ verdict }) => verdict?.kind)).toEqual([undefined, undefined, 'superseded', 'transient']);
    expect(newest[3]!.verdict).toEqual({ kind: 'transient', reason: DOWN.reason });
    expect([lanes.left(), guard.isOpen()]).toEqual([1, true]);
    expect(defects).toEqual([{ thrown, userIds: [] }]);
  });
});

describe('the end of leases', () => {
  /** A guard that holds the leases of these. */
  async function holding(newest: readonly Delivery[], options: Parameters<typeof guardOf>[1] = {}) {
    const all = guardOf(newest, options);
    await all.fill();
    return all;
  }

  test('says of each user what was delivered, and gives the others back', async () => {
    const [good, bad] = [record('good'), record('bad')];
    const { guard, table, ends, clock } = await holding([good, bad]);
    await clock.sleep(1_000);
    good.verdict = { kind: 'delivered' };
    bad.verdict = { kind: 'transient', reason: DEFECT };
    guard.finish([good, bad]);
    await guard.end();
    const end = { owner: 'me', now: DAYTIME + 1_000 };
    expect(ends).toEqual([
      {
        at: START + 1_000,
        timeoutInMilliseconds: 2_000,
        requests: [
          { userId: 'good', ...end, delivered: 7n },
          { userId: 'bad', ...end },
        ],
      },
    ]);
    expect(Object.fromEntries(table.items)).toEqual({ good: { delivered: 7n }, bad: {} });
    expect(good).toEqual({ ...record('good'), verdict: { kind: 'delivered' }, notBefore: undefined });
    expect(bad.notBefore).toBeUndefined();
  });

  test('comes once for each lease, and for nobody who has none', async () => {
    const [held, other] = [record('held'), record('other')];
    const { guard, ends } = await holding([held]);
    guard.finish([other]);
    guard.finish([held, other]);
    guard.finish([held]);
    await guard.end();
    expect(ends.map(({ requests }) => requests.map(({ userId }) => userId))).toEqual([['held']]);
  });

  test('is put off for a user of whom a call may still take effect, and for nobody else', async () => {
    const older = record('lingers', 6n);
    const lingers: Delivery = { ...record('lingers'), older };
    const [other, without] = [record('other'), record('without a lease')];
    const { guard, table } = await holding([lingers, other]);
    guard.unanswered([lingers, without]);
    for (const each of [lingers, other]) each.verdict = { kind: 'transient', reason: DEFECT };
    guard.finish([lingers, other, without]);
    await guard.end();
    expect(Object.fromEntries(table.items)).toEqual({
      lingers: { owner: 'me', until: DAYTIME + 60_000 },
      other: {},
    });
    expect([lingers, older, other].map(({ notBefore }) => notBefore)).toEqual([
      DAYTIME + 60_000,
      DAYTIME + 60_000,
      undefined,
    ]);
  });

  test.each([
    ['two seconds', 19_500, 2_000],
    ['what is left of its reserve', 21_000, 500],
    ['a millisecond when nothing is left', 21_500, 1],
    ['a millisecond when it is late', 25_000, 1],
  ])('may take %s', async (_, after, timeoutInMilliseconds) => {
    const newest = [record('a')];
    const { guard, ends, clock } = await holding(newest);
    await clock.sleep(after);
    guard.finish(newest);
    await guard.end();
    expect(ends).toMatchObject([{ timeoutInMilliseconds }]);
  });

  test.each<[string, () => readonly LeaseEndReply[], object]>([
    ['fails', () => [DOWN, { kind: 'ended' }], DOWN.reason],
    ['leaves the answer out', () => Object.assign([], { 1: { kind: 'ended' } }), SILENT],
    [
      'says that another has the lease',
      () => [{ kind: 'refused', stored: { owner: 'other' } }, { kind: 'ended' }],
      {
        code: 'UserBeingUpdated',
        message: 'another record of the same user was begun before this one was finished',
      },
    ],
  ])(
    'of a delivered user is retried with its older records if the table %s, and no other is',
    async (_, end, reason) => {
      const older = record('a', 6n);
      const newest: readonly Delivery[] = [{ ...record('a'), older }, record('b')];
      const { guard } = await holding(newest, { end });
      for (const each of [...newest, older]) each.verdict = { kind: 'delivered' };
      guard.finish(newest);
      await guard.end();
      expect([newest[0]!.verdict, older.verdict]).toEqual(Array(2).fill({ kind: 'transient', reason }));
      expect(newest[1]!.verdict).toEqual({ kind: 'delivered' });
    },
  );

  test('that throws in the table has had no answer', async () => {
    const newest = records(2);
    const { guard, defects } = await holding(newest, {
      end: () => {
        throw new RangeError('broken');
      },
    });
    for (const each of newest) each.verdict = { kind: 'delivered' };
    guard.finish(newest);
    await guard.end();
    expect(newest.map(({ verdict }) => verdict)).toEqual(Array(2).fill({ kind: 'transient', reason: SILENT }));
    expect(defects).toEqual([]);
  });

  test('with a defect of ours is the failure of all of them', async () => {
    const newest = records(2);
    const thrown = new RangeError('broken');
    const { guard, defects } = await holding(newest, {
      end: () =>
        Object.defineProperty([], 0, {
          get: () => {
            throw thrown;
          },
        }),
    });
    for (const each of newest) each.verdict = { kind: 'delivered' };
    guard.finish(newest);
    await guard.end();
    expect(newest.map(({ verdict }) => verdict)).toEqual(Array(2).fill({ kind: 'transient', reason: DEFECT }));
    expect(defects).toEqual([{ thrown, userIds: ['u0', 'u1'] }]);
  });
});

describe('an older record, when a newer one was rejected', () => {
  test('may be called unless it is older than what was delivered before', async () => {
    const newest = [record('a', 9n)];
    const { guard, table, fill } = guardOf(newest);
    table.items.set('a', { delivered: 5n });
    await fill();
    expect(guard.mayFollow(record('a', 6n))).toBe(true);
    expect(guard.mayFollow(record('a', 5n))).toBe(true);

    const oldest = record('a', 3n);
    const older: Delivery = { ...record('a', 4n), older: oldest };
    expect(guard.mayFollow(older)).toBe(false);
    for (const { verdict } of [older, oldest]) expect(verdict).toEqual({ kind: 'superseded', by: 'stored' });
  });

  test('may be called where nothing is known of its user', () => {
    const older = record('nobody', 1n);
    expect(guardOf([]).guard.mayFollow(older)).toBe(true);
    expect(older.verdict).toBeUndefined();
  });
});
