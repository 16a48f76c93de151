/** Runs a scenario on a virtual clock: the real core between models of what is around it. */
import { startEventSourceMapping } from '../../local/event-source-mapping/event-source-mapping.ts';
import { createSlots } from '../../local/lambda/slots.ts';
import { seededRandom } from '../../local/random.ts';
import { createLambdaModel, type LambdaUsage } from './environments.ts';
import { createNumberSet } from './number-set.ts';
import { type Calls, createObservations, percentile, type Sample, sorted } from './observations.ts';
import { createPutUsersModel, runOtherWriter } from './put-users.ts';
import { createQueueModel, type SqsRequests } from './queue.ts';
import type { Scenario } from './scenario.ts';
import type { Surroundings } from './simulated-function.ts';
import { messageArrivals } from './sources.ts';
import { bodyWriter, goodUsersIn, isBad, numberOf } from './users.ts';
import { createVersionsModel } from './versions.ts';
import { createVirtualClock } from './virtual-clock.ts';

export interface SimulationResult {
  /** From the start until the queue is empty and nothing more arrives, in seconds. */
  readonly seconds: number;
  /** From the first call to the last, in seconds. */
  readonly callingSeconds: number;
  readonly messages: number;
  readonly users: {
    readonly arrived: number;
    readonly delivered: number;
    readonly deadLettered: number;
    /** Not delivered, since a newer record of the same user was. */
    readonly superseded: number;
    /** Delivered after a newer record of the same user, which is undone by it. */
    readonly undone: number;
  };
  /** Users that the API would have taken, and that became dead letters all the same. */
  readonly goodUsersDeadLettered: number;
  readonly calls: Readonly<Calls>;
  /**
   * Calls that were let through, of those that the quota had left by others from the first call to the last: 0 to 1, and
   * a little more with a burst.
   */
  readonly shareOfQuota: number;
  /** Ages at delivery, in seconds; undefined when nothing was delivered. */
  readonly age: Age | undefined;
  /** The same of each source, in their order. */
  readonly sources: readonly { readonly name: string; readonly delivered: number; readonly age: Age | undefined }[];
  /** How many messages were received how often: index 1 is once. */
  readonly receives: readonly number[];
  readonly lambda: Readonly<LambdaUsage>;
  /** Writes to the table of versions; 0 without the order guard. */
  readonly tableWrites: number;
  readonly sqs: Readonly<SqsRequests> & { readonly deadLetterSends: number };
  readonly samples: readonly Sample[];
}

/** Ages at delivery, in seconds. */
export interface Age {
  readonly median: number;
  readonly p99: number;
  readonly most: number;
}

/** Where a batching window waits for longest with little traffic, in seconds. Source: see `Scenario.windowsTakeLongest`. */
const LONGEST_WINDOW_IN_SECONDS = 20;

/** So many samples are taken, more or less. */
const SAMPLES = 300;

/** Looks at the backlog for each sample: one alone meets a sawtooth anywhere. */
const LOOKS = 8;

export async function simulate(scenario: Scenario): Promise<SimulationResult> {
  const { sizing, sources, usersPerMessage, sqsMilliseconds } = scenario;
  const random = seededRandom(scenario.seed);
  const clock = createVirtualClock();
  const observed = createObservations(clock.now, sources.length);
  const ended = new AbortController();
  const delivered = createNumberSet();

  const queue = createQueueModel({
    clock,
    arrivals: messageArrivals(sources, usersPerMessage, (source) => seededRandom(scenario.seed + 1 + 1000 * source)),
    sources,
    random: seededRandom(scenario.seed + 3),
    bodyOf: bodyWriter(
      usersPerMessage,
      scenario.badUsers,
      seededRandom(scenario.seed + 2),
      scenario.badKind,
      scenario.hotUsers,
    ),
    fifo: sizing.fifo,
    visibilityTimeoutInSeconds: sizing.visibilityTimeoutInSeconds,
    maxReceiveCount: sizing.maxReceiveCount,
    requestMilliseconds: sqsMilliseconds,
  });
  const service = createPutUsersModel({
    ...scenario,
    clock,
    random,
    isBad,
    onCall: (users, outcome) => {
      observed.onCall(users, outcome);
      if (outcome !== 'delivered') return;
      for (const record of users) {
        const user = numberOf(record);
        undone += isUndone(record.userId, user) ? 1 : 0;
        const message = queue.find(Math.floor(user / usersPerMessage));
        if (message === undefined || delivered.has(user)) continue;
        delivered.add(user);
        observed.onDelivered(clock.now() - message.sentAt, message.source);
      }
    },
  });

  /** The number of the record of each user that was delivered last. Only hot users have several. */
  const lastDelivered = new Map<string, number>();
  let undone = 0;
  const isUndone = (userId: string, number: number): boolean => {
    if (!scenario.hotUsers) return false;
    const last = lastDelivered.get(userId) ?? -1;
    lastDelivered.set(userId, number);
    return number < last;
  };

  const dead = { users: 0, good: 0, sends: 0 };
  const requestsFor = (entries: number) => Math.ceil(entries / 10);
  const versions = scenario.orderGuard ? createVersionsModel(clock, scenario.tableMilliseconds) : undefined;
  const surroundings: Surroundings = {
    clock,
    wallClock: clock.now,
    random,
    sizing,
    putUsers: service.putUsers,
    versions,
    sendDeadLetters: async (letters) => {
      if (letters.length === 0) return [];
      dead.users += letters.length;
      for (const { body } of letters) dead.good += goodUsersIn(body);
      dead.sends += requestsFor(letters.length);
      await clock.sleep(sqsMilliseconds);
      return [];
    },
    changeVisibility: async (changes) => {
      if (changes.length === 0) return [];
      queue.requests.visibilityChanges += requestsFor(changes.length);
      await clock.sleep(sqsMilliseconds);
      for (const { receiptHandle, delayInSeconds } of changes) queue.changeVisibility(receiptHandle, delayInSeconds);
      return [];
    },
  };
  const lambda = createLambdaModel({ ...scenario, clock, surroundings, timeoutInSeconds: sizing.timeoutInSeconds });

  const slots = createSlots(sizing.maxConcurrency);
  const mapping = startEventSourceMapping({
    queue: queue.polled,
    clock,
    invoke: (event) =>
      slots.use(() => {
        const sent = event.Records.map(({ attributes }) => Number(attributes.SentTimestamp));
        observed.onBatch(clock.now() - Math.min(...sent));
        return lambda.invoke(event);
      }),
    settings: {
      batchSize: sizing.batchSize,
      batchingWindowInSeconds: windowOf(scenario),
      // Each poller has one batch at a time. Those that have no slot wait with it.
      maximumConcurrency: scenario.pollers,
      reportsBatchItemFailures: true,
    },
  });
  if (scenario.otherCallsPerSecond > 0) {
    void runOtherWriter(scenario.otherCallsPerSecond, service, { clock, random, isOver: () => ended.signal.aborted });
  }
  const sampling = takeSamples();

  await queue.drained;
  const seconds = clock.now() / 1000;
  takeSample();
  ended.abort();
  await Promise.all([mapping.stop(), sampling]);

  const arrived = queue.arrived() * usersPerMessage;
  const deadLettered = dead.users + queue.moved.length * usersPerMessage;
  const left = observed.callingSeconds * scenario.quota.requestsPerSecond - service.callsOfOthers();
  return {
    seconds,
    callingSeconds: observed.callingSeconds,
    messages: queue.arrived(),
    users: {
      arrived,
      delivered: observed.usersDelivered,
      deadLettered,
      superseded: scenario.hotUsers ? arrived - observed.usersDelivered - deadLettered : 0,
      undone,
    },
    goodUsersDeadLettered: queue.moved.reduce((good, body) => good + goodUsersIn(body), dead.good),
    calls: observed.calls,
    shareOfQuota: (observed.calls.all - observed.calls.throttled) / left,
    age: ageOf(observed.ages),
    sources: sources.map(({ name }, source) => {
      const ages = observed.agesBySource[source]!;
      return { name, delivered: ages.length, age: ageOf(ages) };
    }),
    receives: queue.receivesPerMessage,
    lambda: lambda.usage,
    tableWrites: versions?.writes() ?? 0,
    sqs: { ...queue.requests, deadLetterSends: dead.sends },
    samples: observed.samples,
  };

  function takeSample(): void {
    const { visible, hidden } = queue.depth();
    const usersArrived = Math.max(0, queue.arrived() * usersPerMessage - scenario.arrivals.backlog);
    const oldest = queue.oldestSentAt() ?? clock.now();
    observed.sample(
      {
        visibleMessages: visible,
        hiddenMessages: hidden,
        backlog: (visible + hidden) * usersPerMessage,
        oldestAge: (clock.now() - oldest) / 1000,
      },
      usersArrived,
    );
  }

  async function takeSamples(): Promise<void> {
    const { backlog, until } = scenario.arrivals;
    const expected = until + backlog / 100;
    const interval = (scenario.sampleEverySeconds ?? Math.max(1, Math.round(expected / SAMPLES))) * 1000;
    for (let looks = 1; !ended.signal.aborted; looks++) {
      await clock.pause(interval / LOOKS, ended.signal);
      if (ended.signal.aborted) return;
      const { visible, hidden } = queue.depth();
      observed.look((visible + hidden) * usersPerMessage);
      if (looks % LOOKS === 0) takeSample();
    }
  }
}

function windowOf({ sizing: { batchingWindowInSeconds: window }, windowsTakeLongest }: Scenario): number {
  return window > 0 && windowsTakeLongest ? Math.max(window, LONGEST_WINDOW_IN_SECONDS) : window;
}

function ageOf(ages: readonly number[]): Age | undefined {
  if (ages.length === 0) return undefined;
  const ascending = sorted(ages);
  return {
    median: percentile(ascending, 50),
    p99: percentile(ascending, 99),
    most: ascending[ascending.length - 1]!,
  };
}
