import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Misfit, MisfitKind } from '../../../contract/dataset/misfits.ts';
import { describeMisfit } from '../../../contract/message/read-message.ts';
import type { Delivery } from '../../../lambda/core/delivery.ts';
import type { SuspectMemory } from '../../../lambda/core/lanes.ts';
import { deliveriesOf, refusing, runDeliver } from '../../support/deliver.ts';
import { INTERNAL_FAILURE, INVALID_INPUT, NOT_FOUND } from '../../support/errors.ts';

const misfit = (kind: MisfitKind): Misfit => ({ kind, property: 'age', problem: 'is odd' });
const ids = (prefix: string, howMany: number) => Array.from({ length: howMany }, (_, index) => `${prefix}${index}`);
const suspects = (userIds: readonly string[], ...kinds: readonly MisfitKind[]): Delivery[] =>
  userIds.map((userId) => ({ user: { userId }, misfits: kinds.map(misfit) }));

describe('suspects', () => {
  test('never share a call with users that fit, nor with suspects of another kind', async () => {
    const all = fc.record({
      clean: fc.nat(40),
      missing: fc.nat(25),
      text: fc.nat(25),
      both: fc.nat(12),
      order: fc.infiniteStream(fc.nat()),
      bad: fc.func(fc.boolean()),
    });
    await fc.assert(
      fc.asyncProperty(all, async ({ clean, missing, text, both, order, bad }) => {
        const deliveries = [
          ...deliveriesOf(ids('clean', clean)),
          ...suspects(ids('missing', missing), 'missing'),
          ...suspects(ids('text', text), 'textForBoolean'),
          ...suspects(ids('both', both), 'textForBoolean', 'missing'),
        ]
          .map((delivery) => ({ delivery, at: order.next().value as number }))
          .toSorted((a, b) => a.at - b.at)
          .map(({ delivery }) => delivery);
        const isBad = new Set(deliveries.filter((each) => bad(each.user.userId)).map(({ user }) => user.userId));
        const { calls } = await runDeliver(deliveries, refusing(isBad, INVALID_INPUT));
        for (const users of calls) expect(new Set(users.map((id) => id.replace(/\d+/, ''))).size).toBe(1);
        for (const { user, verdict } of deliveries) {
          expect(verdict?.kind).toBe(isBad.has(user.userId) ? 'rejected' : 'delivered');
        }
      }),
      { numRuns: 200 },
    );
  });

  test('that are refused cost users that fit no call', async () => {
    const bad = suspects(ids('bad', 5), 'numberForText');
    const { calls } = await runDeliver(
      [...bad, ...deliveriesOf(ids('u', 100))],
      refusing(new Set(ids('bad', 5)), INVALID_INPUT),
    );
    expect(calls.filter((users) => users[0]!.startsWith('u'))).toHaveLength(10);
  });

  test('have their turn where they stand', async () => {
    const deliveries = [
      ...deliveriesOf(ids('a', 10)),
      ...suspects(ids('s', 10), 'missing'),
      ...deliveriesOf(ids('b', 10)),
    ];
    const { calls } = await runDeliver(deliveries);
    // What nobody knows anything of is called in groups of seven.
    expect(calls.map((users) => [users[0], users.length])).toEqual([
      ['a0', 10],
      ['s0', 7],
      ['b0', 10],
      ['s7', 3],
    ]);
  });

  test('wait for calls of their own kind, and for no others', async () => {
    const kinds: readonly MisfitKind[] = ['missing', 'numberForText', 'textForBoolean', 'longCategory'];
    const deliveries = [...deliveriesOf(ids('u', 3)), ...kinds.flatMap((kind) => suspects(ids(kind, 9), kind))];
    const { times, endedAt } = await runDeliver(deliveries, undefined, { latency: 1000, callsPerSecond: 1000 });
    // Of each kind 7 are called at once, and with the users that fit; the 2 that are left when these have their answer.
    expect(times.filter((time) => time < 1000)).toHaveLength(5);
    expect(times.filter((time) => time >= 1000)).toHaveLength(4);
    expect(endedAt).toBeLessThan(2100);
  });

  test('of a kind that is always refused are soon called one by one, and in the next batch from the start', async () => {
    const memory: SuspectMemory = new Map();
    const batch = () => runDeliver(suspects(ids('s', 5), 'numberForText'), () => INVALID_INPUT(), {}, memory);
    const calls = [];
    for (let batches = 0; batches < 4; batches++) calls.push((await batch()).calls.length);
    expect(calls).toEqual([9, 5, 5, 5]);
  });

  test('of a kind that is always taken fill their calls', async () => {
    const memory: SuspectMemory = new Map();
    const batch = () => runDeliver(suspects(ids('s', 100), 'missing'), undefined, {}, memory);
    await batch();
    expect((await batch()).calls).toHaveLength(10);
  });

  test('are counted by kind, as far as PutUsers has decided', async () => {
    const deliveries = [
      ...suspects(['good'], 'missing', 'longCategory'),
      ...suspects(['bad'], 'missing'),
      ...suspects(['gone'], 'textForBoolean'),
    ];
    const { statistics } = await runDeliver(deliveries, (users) =>
      users[0]!.userId === 'bad' ? INVALID_INPUT() : users[0]!.userId === 'gone' ? NOT_FOUND() : undefined,
    );
    expect(statistics.suspects).toEqual({
      missing: { delivered: 1, rejected: 1 },
      longCategory: { delivered: 1, rejected: 0 },
    });
    expect((await runDeliver(suspects(['a'], 'missing'), INTERNAL_FAILURE)).statistics.suspects).toBeUndefined();
  });

  test('that are refused hear of what was suspicious, in the words of the contract', async () => {
    const [suspect] = suspects(['a'], 'missing', 'longCategory');
    await runDeliver([suspect!], () => INVALID_INPUT());
    const why = describeMisfit(misfit('missing'));
    expect(suspect!.verdict).toMatchObject({
      kind: 'rejected',
      reason: { message: expect.stringMatching(`\\(by the dataset's schema: ${why}; ${why}\\)$`) },
    });
    await runDeliver([suspect!], NOT_FOUND);
    expect(suspect!.verdict).not.toMatchObject({ reason: { message: expect.stringContaining('schema') } });
  });

  test('give way to an older record that fits, and the other way round', async () => {
    for (const olderIsSuspect of [true, false]) {
      const older: Delivery = {
        user: { userId: 'a', properties: 'old' },
        ...(olderIsSuspect && { misfits: [misfit('missing')] }),
      };
      const newer: Delivery = {
        user: { userId: 'a', properties: 'new' },
        older,
        ...(!olderIsSuspect && { misfits: [misfit('missing')] }),
      };
      await runDeliver([newer, ...deliveriesOf(ids('u', 9))], (users) =>
        users.some(({ properties }) => properties === 'new') ? INVALID_INPUT() : undefined,
      );
      expect([newer.verdict?.kind, older.verdict?.kind]).toEqual(['rejected', 'delivered']);
    }
  });
});
