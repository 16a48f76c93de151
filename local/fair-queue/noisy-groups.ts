/**
 * Which message groups of a standard queue are noisy, as SQS's fair queues tell them from quiet ones. Quiet ones are handed
 * out first; of noisy ones, the one with the fewest messages in flight.
 * Source: SQS developer guide, "How Amazon SQS fair queues work".
 */

/** What a group is noisy for, and for how long. All of it is approximate, says the guide. */
const SHARE_OF_IN_FLIGHT = 0.1;
const LEAST_IN_FLIGHT = 30;
const SHARE_OF_PROCESSING_TIME = 0.1;
/** Thresholds are off by up to half: how much is not documented, only that they are approximate. */
const OFF_BY = 0.5;
/** A group that had nothing in flight for so long is quiet again, in milliseconds. */
const QUIET_AFTER = 5 * 60_000;
/** How long processing time counts as recent, in milliseconds: what is older counts for a third. Not documented. */
const RECENT = 60_000;

/** Counts what groups have in the queue and in flight, and says which of them are noisy. Times are in milliseconds. */
export interface NoisyGroups {
  /** A message of the group can be received: it has arrived, or has become visible again. */
  visible(group: string): void;
  /** A message was received. `group` is undefined for one without, which is a tenant of its own. */
  received(group: string | undefined, now: number): void;
  /** A received message was deleted, or its visibility timeout has ended. */
  ended(group: string | undefined, receivedAt: number, now: number): void;
  isNoisy(group: string, now: number): boolean;
  /** Messages of the group that are in flight. */
  inFlight(group: string): number;
}

interface Counts {
  visible: number;
  inFlight: number;
  /** Milliseconds that its messages were in flight, the older the less. */
  processing: number;
  processingAt: number;
  lastInFlightAt: number;
  isNoisy: boolean;
  /** By how much the thresholds are off for it this time. */
  factor: number;
}

export interface NoisyGroupsOptions {
  /** Draws by how much thresholds are off, as a factor. @default they are as documented */
  readonly approximation?: (() => number) | undefined;
  /** How many messages of a group can be received. @default those that `visible` has told of, and `received` has not */
  readonly waiting?: (group: string) => number;
}

/** Draws by how much a threshold is off. */
export function approximately(random: () => number): () => number {
  return () => 1 + OFF_BY * (2 * random() - 1);
}

/** Makes the counts of an empty queue. */
export function createNoisyGroups({ approximation = () => 1, waiting }: NoisyGroupsOptions = {}): NoisyGroups {
  const groups = new Map<string, Counts>();
  const all = { inFlight: 0, processing: 0, processingAt: 0 };

  const of = (group: string): Counts => {
    const found = groups.get(group);
    if (found) return found;
    const counts = {
      visible: 0,
      inFlight: 0,
      processing: 0,
      processingAt: 0,
      lastInFlightAt: 0,
      isNoisy: false,
      factor: approximation(),
    };
    groups.set(group, counts);
    return counts;
  };
  const addTime = (sum: { processing: number; processingAt: number }, milliseconds: number, now: number) => {
    sum.processing = recent(sum, now) + milliseconds;
    sum.processingAt = now;
  };

  return {
    visible: (group) => {
      of(group).visible++;
    },
    received: (group, now) => {
      all.inFlight++;
      if (group === undefined) return;
      const counts = of(group);
      counts.visible--;
      counts.inFlight++;
      counts.lastInFlightAt = now;
    },
    ended: (group, receivedAt, now) => {
      all.inFlight--;
      addTime(all, now - receivedAt, now);
      if (group === undefined) return;
      const counts = of(group);
      counts.inFlight--;
      counts.lastInFlightAt = now;
      addTime(counts, now - receivedAt, now);
    },
    isNoisy: (group, now) => {
      const counts = of(group);
      const isLeft = counts.inFlight > 0 || (waiting ? waiting(group) : counts.visible) > 0;
      const isNoisy = isLeft && (counts.isNoisy ? !isIdle(counts, now) : hasBecomeNoisy(counts, all, now));
      if (counts.isNoisy && !isNoisy) {
        counts.factor = approximation();
        counts.processing = 0;
      }
      counts.isNoisy = isNoisy;
      return isNoisy;
    },
    inFlight: (group) => of(group).inFlight,
  };
}

function hasBecomeNoisy(
  counts: Counts,
  all: { readonly inFlight: number; readonly processing: number; readonly processingAt: number },
  now: number,
): boolean {
  const { inFlight, factor } = counts;
  const hasNoisyShare = inFlight > SHARE_OF_IN_FLIGHT * factor * all.inFlight && inFlight >= LEAST_IN_FLIGHT * factor;
  return hasNoisyShare || recent(counts, now) > SHARE_OF_PROCESSING_TIME * factor * recent(all, now);
}

/** Whether none of it was in flight for long. */
function isIdle({ inFlight, lastInFlightAt }: Counts, now: number): boolean {
  return inFlight === 0 && now - lastInFlightAt >= QUIET_AFTER;
}

function recent(sum: { readonly processing: number; readonly processingAt: number }, now: number): number {
  return sum.processing * Math.exp((sum.processingAt - now) / RECENT);
}
