/** Records that may share calls, in the order in which they have their turns. */
import type { Delivery, Group } from './delivery.ts';
import { type Assumption, bestGroupSize } from './group-size.ts';

/** How many users of a lane were rejected for themselves, and delivered. */
export interface Known {
  rejected: number;
  delivered: number;
}

/**
 * A line of records, and what is known of them so far.
 *
 * What is made for each batch has no getters in object literals, here and elsewhere: with them, the heap grew with every batch
 * until a full collection (`node --trace-gc`). Presumably V8 keeps a getter's closure with the object's shape.
 */
export interface Lane {
  /** How many have not had their turn. */
  left(): number;
  /** The turn of the next one: the smaller, the earlier. Infinite when none is left. */
  nextTurn(): number;
  /** How many to call together, by what is known. */
  groupSize(): number;
  /** Takes the next ones, as many as a group has or all that are left, and says whose turn it was: that of the first. */
  take(): { readonly group: Group; readonly turn: number };
  /** Adds a record to the end, with its turn. */
  add(delivery: Delivery, turn: number): void;
  /**
   * Gives records of a group their turn again, which is that of the group. Once only, or one group with many culprits would
   * go round and round.
   */
  putBack(group: Group, turn: number): void;
  /** Whether one of them was put back before. */
  wasPutBack(group: Group): boolean;
  /** Takes note of what became of so many users. */
  learn(what: keyof Known, users: number): void;
}

interface Waiting {
  readonly delivery: Delivery;
  readonly turn: number;
}

/**
 * Makes a lane.
 *
 * @param known - what is known beforehand; the lane adds to it
 * @param assumed - what holds before anything is known. @default that of users that fit
 */
export function createLane(known: Known, assumed?: Assumption): Lane {
  const waiting: Waiting[] = [];
  const returned = new Set<Delivery>();
  let taken = 0;
  return {
    left: () => waiting.length - taken,
    nextTurn: () => waiting[taken]?.turn ?? Number.POSITIVE_INFINITY,
    groupSize: () => bestGroupSize(known, assumed),
    take() {
      const turn = waiting[taken]!.turn;
      const group = waiting.slice(taken, taken + bestGroupSize(known, assumed)).map(({ delivery }) => delivery);
      taken += group.length;
      return { group, turn };
    },
    add: (delivery, turn) => void waiting.push({ delivery, turn }),
    putBack(group, turn) {
      for (const delivery of group) returned.add(delivery);
      let at = taken;
      while (at < waiting.length && waiting[at]!.turn < turn) at++;
      waiting.splice(at, 0, ...group.map((delivery) => ({ delivery, turn })));
    },
    wasPutBack: (group) => group.some((delivery) => returned.has(delivery)),
    learn(what, users) {
      known[what] += users;
    },
  };
}
