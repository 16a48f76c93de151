import { describe, expect, test } from '@jest/globals';
import type { Group } from '../../../lambda/core/delivery.ts';
import { ASSUMED_OF_SUSPECTS } from '../../../lambda/core/group-size.ts';
import { createLane, type Lane } from '../../../lambda/core/lane.ts';
import { deliveriesOf } from '../../support/deliver.ts';

const nothing = () => ({ rejected: 0, delivered: 0 });
const idsOf = (group: Group) => group.map(({ user }) => user.userId);

/** A lane with a record for each of these turns, named for it. */
function laneOf(turns: readonly number[], lane = createLane(nothing())): Lane {
  const deliveries = deliveriesOf(turns.map((turn) => `turn ${turn}`));
  deliveries.forEach((delivery, index) => {
    lane.add(delivery, turns[index]!);
  });
  return lane;
}

describe('a lane', () => {
  test('gives its records in their order, a group at a time, with the turn of the first', () => {
    const lane = laneOf([2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15]);
    expect([lane.left(), lane.nextTurn()]).toEqual([12, 2]);
    const { group, turn } = lane.take();
    expect([group.length, turn, lane.left(), lane.nextTurn()]).toEqual([10, 2, 2, 14]);
    expect(lane.take()).toMatchObject({ group: [{ user: { userId: 'turn 14' } }, {}], turn: 14 });
    expect([lane.left(), lane.nextTurn()]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  test('gives records that are put back with the others of their turn, behind whoever comes earlier', () => {
    const lane = laneOf([1, 3, 3, 5]);
    const back = deliveriesOf(['a', 'b']);
    lane.putBack(back, 3);
    expect(lane.left()).toBe(6);
    expect(idsOf(lane.take().group)).toEqual(['turn 1', 'a', 'b', 'turn 3', 'turn 3', 'turn 5']);
  });

  test('gives records that are put back though nobody else waits, and not among those who had their turn', () => {
    const lane = laneOf([4, 5]);
    const { group, turn } = lane.take();
    lane.putBack(group.slice(1), turn);
    expect([lane.left(), lane.nextTurn()]).toEqual([1, 4]);
    expect(idsOf(lane.take().group)).toEqual(['turn 5']);
    lane.putBack(deliveriesOf(['late']), 9);
    lane.putBack(deliveriesOf(['later']), 10);
    expect(idsOf(lane.take().group)).toEqual(['late', 'later']);
  });

  test('knows of a group whether one of it was put back before', () => {
    const lane = laneOf([1, 2]);
    const { group } = lane.take();
    expect(lane.wasPutBack(group)).toBe(false);
    lane.putBack(group.slice(1), 1);
    expect(lane.wasPutBack(group)).toBe(true);
    expect(lane.wasPutBack(group.slice(0, 1))).toBe(false);
  });

  test('makes smaller groups as users are rejected, and larger ones as they are delivered, from what was known on', () => {
    const known = nothing();
    const lane = createLane(known);
    expect(lane.groupSize()).toBe(10);
    lane.learn('rejected', 12);
    expect(lane.groupSize()).toBe(2);
    expect(laneOf([1, 2, 3], lane).take().group).toHaveLength(2);
    lane.learn('delivered', 100);
    lane.learn('delivered', 80);
    expect(lane.groupSize()).toBe(10);
    expect(known).toEqual({ rejected: 12, delivered: 180 });
    expect(createLane({ rejected: 12, delivered: 0 }).groupSize()).toBe(2);
  });

  test('begins with what is assumed of its users', () => {
    expect(createLane(nothing(), ASSUMED_OF_SUSPECTS).groupSize()).toBe(7);
    expect(laneOf([1, 2, 3, 4, 5, 6, 7, 8], createLane(nothing(), ASSUMED_OF_SUSPECTS)).take().group).toHaveLength(7);
  });
});
