import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Candidate, inTurns } from '../../../lambda/core/turns.ts';
import { deliveriesOf, refusing, runDeliver } from '../../support/deliver.ts';
import { INVALID_INPUT } from '../../support/errors.ts';

interface Named extends Candidate {
  readonly name: number;
}

const candidates: fc.Arbitrary<readonly Named[]> = fc
  .array(
    fc.record({
      source: fc.option(fc.constantFrom('load', 'other load', 'crm', '__proto__'), { nil: undefined }),
      receiveCount: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 1, max: 10 })),
    }),
    { maxLength: 120 },
  )
  .map((list) => list.map((each, name) => ({ ...each, name })));

const names = (list: readonly Named[]) => list.map(({ name }) => name);
const isOverdue = ({ receiveCount = 1 }: Named) => receiveCount > 2;

describe('whatever is in a batch', () => {
  test('everybody has one turn', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        expect(names(inTurns(list)).toSorted((a, b) => a - b)).toEqual(names(list));
      }),
    );
  });

  test('no source puts another back by more users than that has had called itself, and one', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const turns = inTurns(list);
        const called = new Map<string, number>();
        for (const one of turns) {
          if (one.source === undefined || isOverdue(one)) continue;
          const own = called.get(one.source) ?? 0;
          for (const [source, count] of called) if (source !== one.source) expect(count).toBeLessThanOrEqual(own + 1);
          called.set(one.source, own + 1);
        }
      }),
    );
  });

  test('whoever has no source, or was received more than twice, is before the second of any source', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const turns = inTurns(list);
        const last = turns.findLastIndex((one) => one.source === undefined || isOverdue(one));
        const before = turns.slice(0, last + 1).filter((one) => one.source !== undefined && !isOverdue(one));
        expect(new Set(before.map(({ source }) => source)).size).toBe(before.length);
      }),
    );
  });

  test('the users of a source stay in their order', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        for (const source of new Set(list.map((one) => one.source))) {
          const own = (one: Named) => one.source === source && !isOverdue(one);
          expect(names(inTurns(list).filter(own))).toEqual(names(list.filter(own)));
        }
      }),
    );
  });

  test('without sources the oldest is first', () => {
    fc.assert(
      fc.property(candidates, (list) => {
        const sourceless = list.map(({ name }) => ({ name, source: undefined }));
        expect(inTurns(sourceless)).toEqual(sourceless);
      }),
    );
  });
});

test('a source waits for its turns until its message was received more than twice', () => {
  const turnsWhenReceived = (receiveCount: number) =>
    names(
      inTurns([
        { name: 0, source: 'load' },
        { name: 1, source: 'load', receiveCount },
        { name: 2, source: 'crm' },
      ]),
    );
  expect(turnsWhenReceived(2)).toEqual([0, 2, 1]);
  expect(turnsWhenReceived(3)).toEqual([0, 1, 2]);
});

describe('a batch of a bulk load and some others', () => {
  const load = (ids: readonly string[]) => deliveriesOf(ids).map((delivery) => ({ ...delivery, source: 'load' }));
  const loaded = Array.from({ length: 90 }, (_, index) => `loaded-${index}`);
  const live = Array.from({ length: 9 }, (_, index) => `live-${index}`);

  test('has the others in its first call', async () => {
    const { calls } = await runDeliver([...load(loaded), ...deliveriesOf(live)]);
    expect(calls[0]?.toSorted()).toEqual(['loaded-0', ...live].toSorted());
    expect(calls).toHaveLength(10);
  });

  test('calls the newest record of a user, also where an older one is of a quiet source', async () => {
    const older = { user: { userId: 'a', properties: '{"age":1}' } };
    const newer = { user: { userId: 'a', properties: '{"age":2}' }, source: 'load', older };
    const stored: (string | undefined)[] = [];
    await runDeliver([...load(loaded), newer, ...deliveriesOf(live)], (users) => {
      stored.push(...users.filter(({ userId }) => userId === 'a').map(({ properties }) => properties));
      return undefined;
    });
    expect(stored).toEqual(['{"age":2}']);
  });

  test('that is refused in part splits no group of the others more often than without the load', async () => {
    const bad = refusing(new Set(['loaded-40']), INVALID_INPUT);
    const { calls } = await runDeliver([...load(loaded), ...deliveriesOf(live)], bad);
    expect(calls.filter((users) => users.includes('live-0'))).toHaveLength(1);
  });

  test('calls the parts of a refused group of the others before the load', async () => {
    const { calls } = await runDeliver(
      [...load(loaded), ...deliveriesOf(live)],
      refusing(new Set(['live-7']), INVALID_INPUT),
    );
    const sizes = calls.map((users) => users.filter((id) => id.startsWith('live')).length);
    // One of the load is with them, first of ten: four, two of the six that are left, and so on.
    expect(sizes.slice(0, 7)).toEqual([9, 3, 2, 1, 1, 1, 0]);
  });

  test('keeps the others waiting for no more than a call of the load for each of theirs, whoever is refused', async () => {
    const everybody = [...loaded, ...live];
    await fc.assert(
      fc.asyncProperty(
        fc.subarray(everybody, { maxLength: 12 }),
        fc.integer({ min: 1, max: 190 }),
        async (bad, latency) => {
          const deliveries = [...load(loaded), ...deliveriesOf(live)];
          const { calls } = await runDeliver(deliveries, refusing(new Set(bad), INVALID_INPUT), { latency });
          const isOfOthers = (users: readonly string[]) => users.some((id) => live.includes(id));
          const last = calls.findLastIndex(isOfOthers);
          const theirs = calls.filter(isOfOthers).length;
          const loadedBefore = calls.slice(0, last).filter((users) => !isOfOthers(users));
          expect(loadedBefore.length).toBeLessThanOrEqual(theirs);
          const rejected = deliveries.filter(({ verdict }) => verdict?.kind === 'rejected');
          expect(rejected.map(({ user }) => user.userId).toSorted()).toEqual(bad.toSorted());
          expect(deliveries.every(({ verdict }) => verdict)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});
