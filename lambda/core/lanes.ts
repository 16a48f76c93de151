/**
 * The lanes of a batch: who may share a call with whom. Users that fit the dataset's schema have one; suspects have one for
 * each kind of misfit, or kinds together, so that none of them spoils a call of others.
 */
import type { Delivery } from './delivery.ts';
import { ASSUMED_OF_SUSPECTS } from './group-size.ts';
import { createLane, type Known, type Lane } from './lane.ts';

/** What an environment has learnt of suspects, by their kinds: how PutUsers took them, batch after batch. */
export type SuspectMemory = Map<string, Known>;

/** So many answers are remembered of a kind, at most: what comes later counts for more. */
const LONGEST_MEMORY = 1_000;

export interface Lanes {
  /** Adds a record to its lane. */
  add(delivery: Delivery): void;
  /** How many records have not had their turn. */
  left(): number;
  /** The lane whose turn it is of those that have a whole group; undefined if none has. */
  withWholeGroup(): Lane | undefined;
  /** The lane whose turn it is of all but these; undefined if nobody is left in any other. */
  nextBut(others: ReadonlySet<Lane>): Lane | undefined;
}

/** Makes the lanes of a batch, in whose order records have their turns. */
export function createLanes(deliveries: readonly Delivery[], memory: SuspectMemory): Lanes {
  const lanes = new Map<string, Lane>();
  let turns = 0;

  const laneOf = (delivery: Delivery): Lane => {
    const kinds = kindsOf(delivery);
    const found = lanes.get(kinds);
    if (found) return found;
    const lane =
      kinds === CLEAN
        ? createLane({ rejected: 0, delivered: 0 })
        : createLane(recall(memory, kinds), ASSUMED_OF_SUSPECTS);
    lanes.set(kinds, lane);
    return lane;
  };
  const add = (delivery: Delivery) => laneOf(delivery).add(delivery, ++turns);
  /** A lane without anybody has no turn, so it is never the earliest. */
  const earliest = (isEligible: (lane: Lane) => boolean): Lane | undefined => {
    let first: Lane | undefined;
    for (const lane of lanes.values()) {
      if (isEligible(lane) && lane.nextTurn() < (first?.nextTurn() ?? Number.POSITIVE_INFINITY)) first = lane;
    }
    return first;
  };

  for (const delivery of deliveries) add(delivery);
  return {
    add,
    left() {
      let left = 0;
      for (const lane of lanes.values()) left += lane.left();
      return left;
    },
    withWholeGroup: () => earliest((lane) => lane.left() >= lane.groupSize()),
    nextBut: (others) => earliest((lane) => !others.has(lane)),
  };
}

const CLEAN = '';

function kindsOf({ misfits }: Delivery): string {
  if (!misfits) return CLEAN;
  return misfits
    .map(({ kind }) => kind)
    .toSorted()
    .join();
}

function recall(memory: SuspectMemory, kinds: string): Known {
  const known = memory.get(kinds) ?? { rejected: 0, delivered: 0 };
  if (known.rejected + known.delivered > LONGEST_MEMORY) {
    known.rejected /= 2;
    known.delivered /= 2;
  }
  memory.set(kinds, known);
  return known;
}
