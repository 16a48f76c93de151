/** What a simulation comes to, in figures: counted while it runs, summed up when it ends. */
import type { UserRecord } from '../../contract/message/schema.ts';
import type { CallOutcome } from './put-users.ts';

/** How the run went in one stretch of it. */
export interface Sample {
  /** When it ended, in seconds since the start. */
  readonly at: number;
  /** Messages in the queue then that wait to be received. */
  readonly visibleMessages: number;
  /** Messages in the queue then that are being worked on, or back off. */
  readonly hiddenMessages: number;
  /** Users in them. */
  readonly backlog: number;
  /** The fewest and the most users that a look found in the queue since the sample before: a batch takes out hundreds at once. */
  readonly backlogRange: { readonly least: number; readonly most: number };
  /** Users that arrived in a second, on average; without those that were there at the start. */
  readonly arrivedPerSecond: number;
  /** How old the oldest of the messages is then, in seconds, as CloudWatch has it; 0 when there is none. */
  readonly oldestAge: number;
  /** How old the oldest message was that a batch began with, in seconds; undefined when none began. */
  readonly oldestTaken: number | undefined;
  /** Users delivered in a second, on average. */
  readonly usersPerSecond: number;
  /** Calls in a second, on average. */
  readonly callsPerSecond: number;
  /** Throttled calls. */
  readonly throttledCalls: number;
  /** Ages at delivery, in seconds; undefined when nothing was delivered. */
  readonly age: { readonly median: number; readonly p99: number } | undefined;
  /** The same of each source, in their order. */
  readonly ageBySource: readonly ({ readonly median: number; readonly p99: number } | undefined)[];
}

export interface Calls {
  all: number;
  delivered: number;
  rejected: number;
  throttled: number;
  failed: number;
  /** Users in all calls together. */
  users: number;
}

/**
 * Counts calls and ages.
 *
 * @param sources - how many there are
 */
export function createObservations(now: () => number, sources = 1) {
  const calls: Calls = { all: 0, delivered: 0, rejected: 0, throttled: 0, failed: 0, users: 0 };
  const samples: Sample[] = [];
  const ages: number[] = [];
  const agesBySource = Array.from({ length: sources }, (): number[] => []);
  let sampled = agesBySource.map(() => 0);
  let usersDelivered = 0;
  let firstCallAt: number | undefined;
  let lastCallAt = 0;
  let last = { at: now(), calls: 0, throttled: 0, usersDelivered: 0, usersArrived: 0, ages: 0 };
  let looks: number[] = [];
  let oldestTaken: number | undefined;

  return {
    calls,
    samples,
    ages,
    agesBySource,
    get usersDelivered() {
      return usersDelivered;
    },
    /** From the first call to the last, in seconds. */
    get callingSeconds() {
      return firstCallAt === undefined ? 0 : (lastCallAt - firstCallAt) / 1000;
    },
    onCall(users: readonly UserRecord[], outcome: CallOutcome): void {
      calls.all++;
      calls[outcome]++;
      calls.users += users.length;
      firstCallAt ??= now();
      lastCallAt = now();
    },
    /** Notes that a user is in the dataset for the first time, and how old its message is by then, in milliseconds. */
    onDelivered(age: number, source: number): void {
      usersDelivered++;
      ages.push(age / 1000);
      agesBySource[source]!.push(age / 1000);
    },
    /** Notes that a batch begins, and how old the oldest of its messages is, in milliseconds. */
    onBatch(age: number): void {
      oldestTaken = Math.max(oldestTaken ?? 0, age / 1000);
    },
    /** Notes how many users are in the queue now, between two samples. */
    look(backlog: number): void {
      looks.push(backlog);
    },
    /** @param usersArrived - so far, without those that were there at the start */
    sample(
      queue: Pick<Sample, 'visibleMessages' | 'hiddenMessages' | 'backlog' | 'oldestAge'>,
      usersArrived: number,
    ): void {
      const seconds = (now() - last.at) / 1000;
      if (seconds <= 0) return;
      samples.push({
        ...queue,
        oldestTaken,
        backlogRange: { least: Math.min(...looks, queue.backlog), most: Math.max(...looks, queue.backlog) },
        arrivedPerSecond: (usersArrived - last.usersArrived) / seconds,
        at: now() / 1000,
        usersPerSecond: (usersDelivered - last.usersDelivered) / seconds,
        callsPerSecond: (calls.all - last.calls) / seconds,
        throttledCalls: calls.throttled - last.throttled,
        age: ageOf(ages.slice(last.ages)),
        ageBySource: agesBySource.map((each, source) => ageOf(each.slice(sampled[source]))),
      });
      sampled = agesBySource.map(({ length }) => length);
      last = {
        at: now(),
        calls: calls.all,
        throttled: calls.throttled,
        usersDelivered,
        usersArrived,
        ages: ages.length,
      };
      looks = [];
      oldestTaken = undefined;
    },
  };
}

export type Observations = ReturnType<typeof createObservations>;

function ageOf(ages: readonly number[]): Sample['age'] {
  const ascending = sorted(ages);
  return ages.length === 0 ? undefined : { median: percentile(ascending, 50), p99: percentile(ascending, 99) };
}

/** Sorts numbers into a new array. */
export function sorted(numbers: readonly number[]): Float64Array {
  return Float64Array.from(numbers).sort();
}

/**
 * The nearest-rank percentile.
 *
 * @param ascending - at least one number
 * @param percent - above 0, to 100
 */
export function percentile(ascending: ArrayLike<number>, percent: number): number {
  return ascending[Math.max(0, Math.ceil((percent / 100) * ascending.length) - 1)]!;
}
