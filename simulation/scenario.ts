/** What a run is like: sizes, traffic, actors and rates of faults, all drawn from its seed, so that runs differ in kind. */
import { RETENTION_IN_SECONDS } from '../aws/sqs/limits.ts';
import { type Sizing, sizing } from '../lib/sizing.ts';
import { seededRandom } from '../local/random.ts';
import { FAULTS, type FaultKind, GUARD_FAULTS, hash } from './faults.ts';

export interface ProducerScenario {
  /** A program with `UserProducer`; one that speaks to SQS itself; `personalize-users send`. */
  readonly kind: 'library' | 'foreign' | 'send';
  readonly records: number;
  readonly users: number;
  readonly badShare: number;
  /** Records that make the function throw at one of its steps. */
  readonly defectiveShare: number;
  readonly usersPerMessage: number;
  /** One message group for all: on a FIFO queue instead of one for each user, on a standard queue instead of none. */
  readonly oneGroup: boolean;
  /** Some messages are as large as SQS takes. Only of a program that speaks to SQS itself. */
  readonly isLarge: boolean;
  /** Between two sends, in milliseconds, at most. */
  readonly pause: number;
}

export interface OperatorScenario {
  readonly replays: number;
  readonly edits: boolean;
  readonly purges: boolean;
  /** The console's redrive, in the middle of everything. */
  readonly redrives: boolean;
  /** Everything is replayed once more when the faults are over. */
  readonly replaysAtTheEnd: boolean;
}

export interface Scenario {
  readonly seed: number;
  readonly sizing: Sizing;
  /** Whether the deployment has `orderGuard`, and each record a version. */
  readonly orderGuard: boolean;
  readonly quota: { readonly requestsPerSecond: number; readonly burst: number };
  readonly producers: readonly ProducerScenario[];
  readonly operator: OperatorScenario;
  /** How long the queues keep messages, in seconds. */
  readonly retention: { readonly users: number; readonly letters: number };
  /** Calls of another writer in a second. */
  readonly otherCallsPerSecond: number;
  readonly rates: Readonly<Partial<Record<FaultKind, number>>>;
  /** How long there are faults, in milliseconds. */
  readonly faultsFor: number;
}

/** Faults that would break an order that nobody promises to keep then. */
const NOT_ON_FIFO: ReadonlySet<FaultKind> = new Set(['queue.duplicate', 'queue.shuffle', 'queue.early']);

/** The share of worlds that have the order guard, of those with either queue. */
const GUARDED_SHARE = 0.2;

/** Draws the scenario of a seed. */
export function drawScenario(seed: number): Scenario {
  const scenario = drawUnguarded(seed);
  const random = seededRandom(hash(`${seed} guard`));
  return random() < GUARDED_SHARE ? withGuard(scenario, random) : scenario;
}

/** Few users with many records, that are replayed: where an older one could undo a newer one. */
function withGuard(scenario: Scenario, random: () => number): Scenario {
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const severity = oneOf([0.3, 1, 3]);
  // Few calls linger for as long as it takes another invocation to overtake them.
  const isAboutLingering = random() < 0.4;
  const { sizing: sizes, rates } = scenario;
  const guardRates = [...GUARD_FAULTS].flatMap((kind) =>
    random() < 0.5 ? [] : [[kind, Math.min(0.3, severity * 0.2 * random() ** 3)]],
  );
  // Leases go by the machines' clocks: the protocol assumes that these agree within seconds.
  const { 'clock.jump': _, 'clock.off': __, ...others } = rates;
  return {
    ...scenario,
    orderGuard: true,
    sizing: sizing({
      orderGuard: true,
      fifo: sizes.fifo,
      usersPerMessage: sizes.usersPerMessage,
      requestsPerSecond: sizes.requestsPerSecond,
      maxConcurrency: sizes.maxConcurrency,
      maxReceiveCount: oneOf([2, 3, 5, 10]),
      backoffBaseInSeconds: oneOf([1, 2]),
      backoffMaxInSeconds: oneOf([30, 60]),
      ...(sizes.fifo
        ? { batchSize: oneOf([1, 3, 10]) }
        : { batchSize: oneOf([1, 3, 10, 40]), batchingWindowInSeconds: 1 }),
    }),
    producers: scenario.producers.slice(0, isAboutLingering ? 1 : undefined).map((producer) => ({
      ...producer,
      records: isAboutLingering && !producer.isLarge ? 30 : producer.records,
      users: isAboutLingering ? 1 : oneOf([1, 2, 5]),
      badShare: isAboutLingering ? 0 : oneOf([0, 0.1, 0.5]),
      usersPerMessage: isAboutLingering ? 1 : producer.usersPerMessage,
      pause: isAboutLingering ? 20_000 : oneOf([0, 100, 5_000]),
    })),
    operator: { ...scenario.operator, replays: oneOf([1, 3, 6]), purges: false },
    rates: {
      ...others,
      ...Object.fromEntries(guardRates),
      ...(isAboutLingering && { 'putUsers.lingers': 0.3, 'function.kill': 0.05 }),
    },
    faultsFor: isAboutLingering ? 600_000 : scenario.faultsFor,
  };
}

function drawUnguarded(seed: number): Scenario {
  const random = seededRandom(hash(`${seed} scenario`));
  const chance = (probability: number) => random() < probability;
  const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1));
  const oneOf = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

  // Much that is known to go wrong does so where letters of a FIFO group fail one by one.
  const isAboutLetters = chance(0.08);
  const fifo = chance(0.4) || isAboutLetters;
  const isBulk = chance(0.01);
  const usersPerMessage = oneOf([1, 1, 3, 10]);
  const requestsPerSecond = oneOf([2, 5, 10, 50]);
  const sizes = sizing({
    fifo,
    usersPerMessage,
    requestsPerSecond,
    maxConcurrency: oneOf([2, 2, 3]),
    maxReceiveCount: oneOf([1, 2, 3, 5, 10]),
    backoffBaseInSeconds: oneOf([1, 2, 30]),
    backoffMaxInSeconds: oneOf([30, 60, 900]),
    ...(isBulk && !fifo && { batchSize: 500, batchingWindowInSeconds: 5 }),
    ...(!isBulk &&
      chance(0.5) && {
        batchSize: between(1, fifo ? 10 : 40),
        ...(!fifo && { batchingWindowInSeconds: between(1, 3) }),
      }),
  });
  const producers = Array.from({ length: between(1, 3) }, (): ProducerScenario => {
    const isLarge = chance(0.03);
    const kind = isLarge
      ? 'foreign'
      : oneOf(isAboutLetters ? (['library', 'foreign'] as const) : (['library', 'foreign', 'send'] as const));
    return {
      kind,
      isLarge,
      records: isLarge ? between(1, 5) : isBulk ? between(200, 900) : between(1, oneOf([5, 15, 30])),
      users: isBulk ? between(20, 900) : between(1, isAboutLetters ? 3 : 12),
      badShare: isAboutLetters ? 0.5 : oneOf([0, 0, 0.1, 0.5]),
      defectiveShare: kind === 'foreign' ? oneOf([0, 0, 0.05, 0.1]) : 0,
      usersPerMessage: between(1, usersPerMessage),
      oneGroup: isAboutLetters || chance(0.3),
      pause: isAboutLetters ? 0 : oneOf([0, 100, 5_000, 60_000]),
    };
  });
  const severity = oneOf([0, 0.3, 1, 1, 3]);
  const rates = Object.fromEntries(
    (Object.keys(FAULTS) as FaultKind[])
      .filter((kind) => !GUARD_FAULTS.has(kind))
      .flatMap((kind) => {
        const rate = Math.min(0.5, severity * 0.2 * random() ** 3);
        return chance(0.5) || (fifo && NOT_ON_FIFO.has(kind)) ? [] : [[kind, rate]];
      }),
  );
  return {
    seed,
    sizing: sizes,
    orderGuard: false,
    quota: { requestsPerSecond, burst: requestsPerSecond },
    producers,
    operator: {
      replays: oneOf([0, 0, 1, 3]),
      edits: chance(0.4),
      purges: chance(0.15),
      redrives: chance(0.15),
      replaysAtTheEnd: chance(0.4),
    },
    retention: {
      users: chance(0.03) ? between(3_600, 6 * 3_600) : RETENTION_IN_SECONDS,
      letters: chance(0.1) ? between(1_200, 6 * 3_600) : RETENTION_IN_SECONDS,
    },
    otherCallsPerSecond: chance(0.2) ? requestsPerSecond * random() : 0,
    rates: isAboutLetters ? { ...rates, 'sqs.entryFails': 0.3 } : rates,
    faultsFor: oneOf([60_000, 600_000, 1_800_000]),
  };
}
