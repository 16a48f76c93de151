import { describe, expect, test } from '@jest/globals';
import type { MisfitKind } from '../../../contract/dataset/misfits.ts';
import type { Delivery } from '../../../lambda/core/delivery.ts';
import { createLanes, type SuspectMemory } from '../../../lambda/core/lanes.ts';

const record = (userId: string, ...kinds: readonly MisfitKind[]): Delivery => ({
  user: { userId },
  ...(kinds.length > 0 && { misfits: kinds.map((kind) => ({ kind, property: 'age', problem: 'is odd' })) }),
});
const records = (prefix: string, howMany: number, ...kinds: readonly MisfitKind[]) =>
  Array.from({ length: howMany }, (_, n) => record(`${prefix}${n}`, ...kinds));
const nobody = new Set<never>();

/** The groups that come next, whole or not, until nobody is left: the first of each, and how many they are. */
function drain(lanes: ReturnType<typeof createLanes>) {
  const groups: (readonly [first: string, size: number])[] = [];
  for (let lane = lanes.nextBut(nobody); lane; lane = lanes.nextBut(nobody)) {
    const { group } = lane.take();
    groups.push([group[0]!.user.userId, group.length]);
  }
  return groups;
}

describe('the lanes of a batch', () => {
  test('keep apart who fits and each kind of misfit, and have their turns by who is first in each', () => {
    const lanes = createLanes(
      [
        record('text0', 'textForBoolean'),
        ...records('clean', 2),
        record('both0', 'textForBoolean', 'missing'),
        record('text1', 'textForBoolean'),
        record('clean2'),
        // The order of the kinds says nothing.
        record('both1', 'missing', 'textForBoolean'),
      ],
      new Map(),
    );
    expect(lanes.left()).toBe(7);
    expect(drain(lanes)).toEqual([
      ['text0', 2],
      ['clean0', 3],
      ['both0', 2],
    ]);
    expect(lanes.left()).toBe(0);
    expect(lanes.nextBut(nobody)).toBeUndefined();
  });

  test('give a whole group before one that is not, and none where nobody has one', () => {
    const lanes = createLanes([...records('text', 6, 'textForBoolean'), ...records('clean', 11)], new Map());
    const whole = lanes.withWholeGroup();
    expect(whole?.take().group).toHaveLength(10);
    expect(lanes.withWholeGroup()).toBeUndefined();
    // The seventh makes it whole.
    lanes.add(record('text6', 'textForBoolean'));
    expect(lanes.withWholeGroup()?.nextTurn()).toBe(1);
  });

  test('pass over lanes that are to be left alone', () => {
    const lanes = createLanes([record('text0', 'textForBoolean'), record('clean0')], new Map());
    const first = lanes.nextBut(nobody)!;
    const second = lanes.nextBut(new Set([first]))!;
    expect([first.nextTurn(), second.nextTurn()]).toEqual([1, 2]);
    expect(lanes.nextBut(new Set([first, second]))).toBeUndefined();
    expect(second.take().group).toHaveLength(1);
    expect(lanes.nextBut(nobody)).toBe(first);
  });
});

describe('what an environment learns of suspects', () => {
  test('is kept by their kinds, in whatever order, and nothing is of users that fit', () => {
    const memory: SuspectMemory = new Map();
    const lanes = createLanes(
      [record('a', 'textForBoolean', 'missing'), record('b', 'longCategory'), record('c')],
      memory,
    );
    lanes.nextBut(nobody)!.learn('rejected', 3);
    expect(Object.fromEntries(memory)).toEqual({
      'missing,textForBoolean': { rejected: 3, delivered: 0 },
      longCategory: { rejected: 0, delivered: 0 },
    });
    const next = createLanes(records('a', 8, 'missing', 'textForBoolean'), memory);
    expect(next.nextBut(nobody)!.groupSize()).toBe(1);
  });

  test.each([
    [
      { rejected: 400, delivered: 600 },
      { rejected: 400, delivered: 600 },
    ],
    [
      { rejected: 401, delivered: 600 },
      { rejected: 200.5, delivered: 300 },
    ],
    [
      { rejected: 0, delivered: 5_000 },
      { rejected: 0, delivered: 2_500 },
    ],
    [
      { rejected: 2_000, delivered: 1_200 },
      { rejected: 1_000, delivered: 600 },
    ],
  ])('counts for half in the next batch once there are more than 1000 answers: %j', (known, next) => {
    const memory: SuspectMemory = new Map([['missing', known]]);
    createLanes(records('a', 2, 'missing'), memory);
    expect(memory.get('missing')).toEqual(next);
  });
});
