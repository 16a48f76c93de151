/** Records that may share calls, in the order of their turns. */
import type { Delivery, Group } from './delivery.ts';
import { bestGroupSize } from './group-size.ts';

/** How many users of a lane were rejected for themselves, and delivered. */
export interface Known {
  rejected: number;
  delivered: number;
}

/** A line of records, and what is known of them so far. */
export interface Lane {
  /** How many have not had their turn. */
  readonly left: number;
  /** How many to call together, by what is known. */
  groupSize(): number;
  /** Takes the next ones: as many as a group has, or all that are left. */
  take(): Group;
  /** Adds a record to the end. */
  add(delivery: Delivery): void;
  /**
   * Gives records their turn again, before all others: their messages are not settled before they are. Once only, or one
   * group with many culprits would go round and round.
   */
  putBack(group: Group): void;
  /** Whether one of them was put back before. */
  wasPutBack(group: Group): boolean;
  /** Takes note of what became of so many users. */
  learn(what: keyof Known, users: number): void;
}

/** Makes a lane. */
export function createLane(deliveries: readonly Delivery[], known: Known = { rejected: 0, delivered: 0 }): Lane {
  const waiting = [...deliveries];
  const returned = new Set<Delivery>();
  let taken = 0;
  return {
    get left() {
      return waiting.length - taken;
    },
    groupSize: () => bestGroupSize(known),
    take() {
      const group = waiting.slice(taken, taken + bestGroupSize(known));
      taken += group.length;
      return group;
    },
    add: (delivery) => void waiting.push(delivery),
    putBack(group) {
      for (const delivery of group) returned.add(delivery);
      waiting.splice(taken, 0, ...group);
    },
    wasPutBack: (group) => group.some((delivery) => returned.has(delivery)),
    learn(what, users) {
      known[what] += users;
    },
  };
}
