/** One run: a whole world of a seed, from its first message until everything is settled. */
import { RETENTION_IN_SECONDS } from '../aws/sqs/limits.ts';
import { startEventSourceMapping } from '../local/event-source-mapping/event-source-mapping.ts';
import { seededRandom } from '../local/random.ts';
import { pause, type Stage } from './actors/actor.ts';
import { createOperator, type Permits } from './actors/operator.ts';
import { produce } from './actors/producers.ts';
import { createFaults, type FaultKind, hash, type Limits, NO_LIMITS } from './faults.ts';
import { createJournal, type Journal } from './journal.ts';
import { createLedger, type Ledger, type Violation } from './ledger.ts';
import { AWS, type Machine } from './machine/machine.ts';
import { surroundWith } from './machine/platform.ts';
import { createTimeline, type Timeline } from './machine/timeline.ts';
import { STEPS_OF_TELLING } from './planted/defect.ts';
import { createRecordMaker, POISON, serialsIn } from './records.ts';
import { drawScenario, type Scenario } from './scenario.ts';
import { createLambda, type Handler, type Lambda } from './services/lambda.ts';
import { createMappingQueue } from './services/mapping-queue.ts';
import { createNetwork } from './services/network.ts';
import { createPutUsers, type PutUser, replyOf } from './services/put-users.ts';
import { createQueue, type QueuedMessage } from './services/queue.ts';
import { createSqs } from './services/sqs.ts';
import { createVersionsTable } from './services/versions-table.ts';

/** What a run came to. */
export interface Run {
  readonly seed: number;
  readonly scenario: Scenario;
  /** The first is what has failed; the others may follow from it. */
  readonly violations: readonly Violation[];
  readonly journal: Journal;
  readonly faults: number;
  /** Virtual time, in seconds. */
  readonly seconds: number;
}

/** The code under test, loaded once the platform is simulated. */
export interface Product {
  createHandler(env: Readonly<Record<string, string>>): Handler;
}

const START = Date.UTC(2026, 0, 1);
const ACCOUNT = 'https://sqs.eu-west-1.amazonaws.com/123456789012';
const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/simulated/USERS';

/** How long everything may take to come to rest once the faults are over, in milliseconds, besides the longest waits. */
const PATIENCE = 3_600_000;
/** Calls that a message takes, at most, on average: a bad user is found by splitting, and a batch whose time is up begins anew. */
const CALLS_FOR_ONE = 8;

/** Runs a seed. What it throws is a fault of the simulator or of the product; nothing is thrown for a broken promise. */
export async function runSeed(seed: number, product: Product, limits: Limits = NO_LIMITS): Promise<Run> {
  const scenario = drawScenario(seed);
  const timeline = createTimeline(START);
  const journal = createJournal(timeline.now);
  const world = build(scenario, product, limits, timeline, journal);
  surroundWith({
    timeline,
    random: seededRandom(hash(`${seed} code`)),
    request: world.network.request,
    onLine: (line, from) => {
      if (from.name.startsWith('environment')) world.ledger.wrote(line, from.name);
    },
    onStep: world.onStep,
    onUnhandled: (thrown) => throws(world.ledger, thrown),
  });
  try {
    await timeline.runUntil(world.live());
  } catch (error) {
    throws(world.ledger, error);
  } finally {
    surroundWith(undefined);
  }
  const { violations } = world.ledger;
  return { seed, scenario, violations, journal, faults: world.faults.count, seconds: (timeline.now() - START) / 1000 };
}

function throws(ledger: Ledger, thrown: unknown): void {
  ledger.violate('nothing throws', (thrown as Error).stack ?? String(thrown));
}

function build(scenario: Scenario, product: Product, limits: Limits, timeline: Timeline, journal: Journal) {
  const { seed, sizing } = scenario;
  const chance = (of: string) => seededRandom(hash(`${seed} ${of}`));
  const faults = createFaults({
    seed,
    rates: scenario.rates,
    limits,
    onFault: (kind, where, number) => journal.note('FAULT', `#${number} ${kind}: ${where}`),
  });
  let hasReplayed = false;
  let hasRedriven = false;
  const ledger = createLedger({
    journal,
    now: timeline.now,
    fifo: sizing.fifo,
    orderGuard: scenario.orderGuard,
    maxReceiveCount: sizing.maxReceiveCount,
    callsPerSecond: sizing.requestsPerSecond / sizing.maxConcurrency,
    isOrderKept: () => !hasReplayed,
    isInLetters: (serial) => [...letters.messages()].some(({ body }) => serialsIn(body).includes(serial)),
  });

  const suffix = sizing.fifo ? '.fifo' : '';
  const queueUrl = `${ACCOUNT}/users${suffix}`;
  const deadLetterQueueUrl = `${ACCOUNT}/letters${suffix}`;
  const permits: Permits = { exported: new Set(), purgers: new Set() };
  const letters = createQueue({
    name: `letters${suffix}`,
    fifo: sizing.fifo,
    visibilityTimeoutInSeconds: 30,
    retentionInSeconds: scenario.retention.letters,
    observer: {
      onExpired: (letter) => noteExpiry('letters', letter),
      onAccepted: (letter) => {
        journal.note('letters', 'has taken', serialsIn(letter.body));
        ledger.lettered(sqs.sender.invocation, letter);
      },
      onDeduplicated: (dropped, original) => {
        journal.note('letters', 'has dropped as a duplicate', serialsIn(dropped.body));
        ledger.deduplicated('the dead-letter queue', dropped, original, sqs.sender.invocation);
      },
      onDeleted: (letter) => {
        journal.note('letters', `has deleted ${letter.id}`, serialsIn(letter.body));
        noteDeletion(letter);
      },
    },
  });
  const explained = new Set<string>();
  const users = createQueue({
    name: `users${suffix}`,
    fifo: sizing.fifo,
    visibilityTimeoutInSeconds: sizing.visibilityTimeoutInSeconds,
    retentionInSeconds: scenario.retention.users,
    redrive: { to: letters, maxReceiveCount: sizing.maxReceiveCount },
    random: chance('fair queue'),
    isPassedOver: (message) => faults.happens('queue.shuffle', message.id),
    isDuplicated: (message) => {
      if (!faults.happens('queue.duplicate', message.id)) return false;
      explained.add(message.id);
      return true;
    },
    observer: {
      onAccepted: (message) => {
        journal.note('users', 'has taken', serialsIn(message.body));
        if (sqs.sender.machine.name.startsWith('operator')) noteReplay(message);
      },
      onDeduplicated: (dropped, original) => {
        journal.note('users', 'has dropped as a duplicate', serialsIn(dropped.body));
        ledger.deduplicated('the users queue', dropped, original);
      },
      onReceived: (message) => {
        journal.note('users', `gives out ${message.id}, receive ${message.receives}`, serialsIn(message.body));
        if (!explained.has(message.id)) ledger.receivedAgain(message, lambda.workersOn(message.id));
        if (faults.happens('queue.early', message.id)) {
          explained.add(message.id);
          const { receipt } = message;
          timeline.schedule(AWS, faults.between('queue.early', 100, 20_000), () => {
            if (message.receipt === receipt && message.visibleAt > timeline.now()) showEarly(receipt!);
          });
        }
      },
      onVisibilityChanged: (message) => explained.add(message.id),
      onExpired: (message) => noteExpiry('users', message),
      onDeleted: ledger.deleted,
      onMoved: (message) => {
        journal.note('users', 'has moved to the dead-letter queue', serialsIn(message.body));
        ledger.moved(message);
      },
    },
  });
  const showEarly = (receipt: string) => {
    try {
      users.changeVisibility(timeline.now(), receipt, 0);
    } catch {
      // It is gone.
    }
  };

  const noteExpiry = (queue: string, { body }: QueuedMessage) => {
    journal.note(queue, 'has kept it for too long, and drops', serialsIn(body));
    ledger.expired(serialsIn(body));
  };

  const back = new Map<string, number>();
  const returned = new Set<string>();
  const keyOf = ({ body }: { readonly body: string }) => serialsIn(body).join();

  /** A letter is back in the users queue: has it overtaken another of its group? */
  const noteReplay = (message: QueuedMessage) => {
    back.set(keyOf(message), (back.get(keyOf(message)) ?? 0) + 1);
    // The console moves letters that a replay has in hand, and they may be letters anew before the replay sends its own.
    if (!sizing.fifo || hasRedriven) return;
    const ofGroup = [...letters.messages()].filter(({ groupId }) => groupId === message.groupId);
    const letter = ofGroup.find((each) => keyOf(each) === keyOf(message));
    if (!letter) return;
    returned.add(letter.id);
    const overtaken = ofGroup.filter(({ id, sequence }) => sequence < letter.sequence && !returned.has(id));
    if (overtaken.length > 0) {
      ledger.violate(
        'no letter is overtaken by the next of its group',
        letter.id,
        [letter, ...overtaken].flatMap(({ body }) => serialsIn(body)),
      );
    }
  };

  /** A letter is gone: is the users queue known to have it, or an export? */
  const noteDeletion = (letter: QueuedMessage) => {
    if (permits.purgers.has(sqs.sender.machine)) {
      if (permits.exported.has(letter.id)) ledger.purged(serialsIn(letter.body));
      else ledger.violate('only what is exported is purged', letter.id, serialsIn(letter.body));
      return;
    }
    const left = (back.get(keyOf(letter)) ?? 0) - 1;
    if (left < 0)
      ledger.violate('a letter is deleted only after the users queue has it', letter.id, serialsIn(letter.body));
    back.set(keyOf(letter), Math.max(0, left));
  };

  const sqs = createSqs({
    queues: new Map([
      [queueUrl, users],
      [deadLetterQueueUrl, letters],
    ]),
    timeline,
    faults,
    aws: AWS,
  });
  const service = createPutUsers({
    now: timeline.now,
    faults,
    quota: scenario.quota,
    isRefused: ({ properties = '' }) => POISON.test(properties),
  });
  const env = environmentOf(scenario, queueUrl, deadLetterQueueUrl);
  const lambda: Lambda = createLambda({
    timeline,
    faults,
    journal,
    ledger,
    timeoutInMilliseconds: sizing.timeoutInSeconds * 1000,
    initialize: () => product.createHandler(env),
  });
  const network = createNetwork({
    timeline,
    faults,
    journal,
    random: chance('network'),
    aws: AWS,
    sqs,
    table: createVersionsTable(),
    senderOf: (machine) => ({ machine, invocation: lambda.invocationOn(machine) }),
    putUsers: {
      onSent: ({ machine, invocation }, body) => ledger.called(invocation, machine.name, usersOf(body)),
      answer: ({ machine, invocation }, body) => {
        const called = usersOf(body);
        const outcome = service.decide(called, machine.name);
        const code = outcome.kind === 'stored' ? 'stored' : outcome.code;
        const serials = called.flatMap(({ properties = '' }) => serialsIn(properties));
        journal.note('PutUsers', outcome.kind === 'stored' ? 'has stored' : `answers ${code}`, serials);
        ledger.answered(invocation, called, code);
        if (outcome.kind === 'stored') ledger.stored(invocation, called);
        return replyOf(outcome, called);
      },
      onAnswered: ({ invocation }, body, { statusCode }) => {
        if (statusCode === 200) ledger.confirmed(invocation, usersOf(body));
      },
    },
    strike: (machine, where) => strike(machine, where, { faults, timeline, lambda }),
  });
  const stage: Stage = {
    timeline,
    faults,
    journal,
    ledger,
    random: chance('actors'),
    queueUrl,
    deadLetterQueueUrl,
    fifo: sizing.fifo,
    orderGuard: scenario.orderGuard,
  };
  const operator = createOperator(stage, permits);
  let isCalm = false;

  return { ledger, faults, network, live, onStep };

  /** Throws as a defect of the function would: what it says quotes what it was about, and looks like a line of a stack. */
  function onStep(step: string, about: string, from: Machine): void {
    const invocation = lambda.invocationOn(from);
    if (!invocation || !faults.happens('function.throws', `${from.name}, to ${step}`)) return;
    ledger.struck(invocation, STEPS_OF_TELLING.has(step));
    throw new TypeError(`cannot ${step}: ${about}\n    at ${about}`);
  }

  /** From the first message until everything is at rest. */
  async function live(): Promise<void> {
    startEventSourceMapping({
      queue: createMappingQueue(users, timeline, faults, journal),
      clock: { now: timeline.now, pause: (milliseconds) => pause(timeline, milliseconds) },
      invoke: (event) => lambda.invoke(event),
      settings: {
        batchSize: sizing.batchSize,
        batchingWindowInSeconds: sizing.batchingWindowInSeconds,
        maximumConcurrency: sizing.maxConcurrency,
        reportsBatchItemFailures: true,
      },
    });
    const producing = scenario.producers.map((producer, index) =>
      produce(
        `producer ${index + 1}`,
        producer,
        createRecordMaker(producer, chance(`records ${index}`), index, scenario.orderGuard),
        stage,
      ),
    );
    const meddling = meddle();
    await pause(timeline, scenario.faultsFor);
    faults.stop();
    isCalm = true;
    journal.note('WORLD', 'there are no more faults');
    await Promise.all([...producing, meddling]);
    await untilAtRest('the queue is empty at last');
    if (scenario.operator.replaysAtTheEnd) await replayAtTheEnd();
    ledger.close({ queue: users.messages(), letters: letters.messages() });
  }

  /** The operator, the deployments, the other writer: until the faults are over. */
  async function meddle(): Promise<void> {
    const random = chance('meddling');
    const { operator: plan, otherCallsPerSecond } = scenario;
    const moments = (count: number) => Array.from({ length: count }, () => random() * scenario.faultsFor);
    const at = (time: number, act: () => unknown) => pause(timeline, time).then(act);
    const acts: Promise<unknown>[] = [];
    for (const time of moments(plan.replays)) {
      const isEdited = plan.edits && random() < 0.7;
      acts.push(
        at(time, () => {
          hasReplayed = true;
          return operator.replay(isEdited);
        }),
      );
    }
    if (plan.purges) acts.push(at(moments(1)[0]!, operator.purge));
    if (plan.redrives) {
      acts.push(
        at(moments(1)[0]!, () => {
          hasReplayed = true;
          hasRedriven = true;
          journal.note('console', 'redrives');
          sqs.startMove(letters, users, 10);
        }),
      );
    }
    if (otherCallsPerSecond > 0) writeToo(otherCallsPerSecond, chance('other writer'));
    acts.push(disturb(random));
    await Promise.all(acts);
  }

  function writeToo(callsPerSecond: number, random: () => number): void {
    const untilNext = () => (-Math.log(1 - random()) / callsPerSecond) * 1000;
    const write = () => {
      service.callByAnother();
      if (!isCalm) timeline.scheduleAlone(untilNext(), write);
    };
    timeline.scheduleAlone(untilNext(), write);
  }

  /** Deployments and clocks that are set, now and then. */
  async function disturb(random: () => number): Promise<void> {
    while (!isCalm) {
      await pause(timeline, 1_000 + random() * 30_000);
      if (faults.happens('deployment.replace', 'the function')) lambda.deploy();
      for (const machine of lambda.environments) {
        if (faults.happens('clock.jump', machine.name))
          machine.clockAheadBy = faults.between('clock.jump', -1_200_000, 1_200_000);
      }
    }
  }

  async function untilAtRest(promise: string): Promise<void> {
    const longestWait = Math.max(sizing.visibilityTimeoutInSeconds, sizing.backoffMaxInSeconds) * 1_000;
    // A message with a defect holds up its group for all its receives, and the next of them in the group waits for that.
    const held = sizing.fifo ? ledger.defective * sizing.maxReceiveCount * longestWait : 0;
    // What is left is called for, at worst by one environment with its share of the quota, since all is one group.
    const left = [...users.messages()].length;
    const work = (left * CALLS_FOR_ONE * 1_000 * sizing.maxConcurrency) / sizing.requestsPerSecond;
    const until = timeline.now() + 2 * longestWait + held + work + PATIENCE;
    for (;;) {
      const { visible, hidden } = users.depth(timeline.now());
      if (visible + hidden === 0 && !lambda.isBusy()) return;
      if (timeline.now() > until) {
        ledger.violate(
          promise,
          `${visible} messages are visible and ${hidden} hidden`,
          [...users.messages()].flatMap(({ body }) => serialsIn(body)),
        );
        return;
      }
      await pause(timeline, 10_000);
    }
  }

  async function replayAtTheEnd(): Promise<void> {
    hasReplayed = true;
    // Somebody comes back in the morning, when some letters are gone.
    const { letters: kept } = scenario.retention;
    await pause(timeline, kept < RETENTION_IN_SECONDS ? kept * 500 : 150_000);
    await operator.replay(false);
    await untilAtRest('the queue is empty after a replay');
  }
}

/** Whether a machine is struck, at a request or an answer. */
function strike(
  machine: Machine,
  where: string,
  { faults, timeline, lambda }: { faults: ReturnType<typeof createFaults>; timeline: Timeline; lambda: Lambda },
): void {
  const at = `${machine.name} ${where}`;
  const invocation = lambda.invocationOn(machine);
  if (!invocation) {
    const kind: FaultKind | undefined = /^producer/.test(machine.name)
      ? 'producer.kill'
      : /^operator/.test(machine.name)
        ? 'operator.kill'
        : undefined;
    if (kind && faults.happens(kind, at)) machine.kill();
    return;
  }
  if (faults.happens('function.kill', at)) machine.kill();
  if (!machine.isDead && faults.happens('function.freeze', at)) {
    invocation.isLate = true;
    machine.freeze(timeline.now() + faults.between('function.freeze', 500, 60_000));
  }
}

function environmentOf(
  { sizing, orderGuard }: Scenario,
  queueUrl: string,
  deadLetterQueueUrl: string,
): Record<string, string> {
  return {
    DATASET_ARN,
    QUEUE_URL: queueUrl,
    DEAD_LETTER_QUEUE_URL: deadLetterQueueUrl,
    MAX_RECEIVE_COUNT: String(sizing.maxReceiveCount),
    REQUESTS_PER_SECOND: String(sizing.requestsPerSecond),
    MAX_CONCURRENCY: String(sizing.maxConcurrency),
    MAX_PROPERTIES_LENGTH: '4096',
    BACKOFF_BASE_SECONDS: String(sizing.backoffBaseInSeconds),
    BACKOFF_MAX_SECONDS: String(sizing.backoffMaxInSeconds),
    TIMEOUT_SECONDS: String(sizing.timeoutInSeconds),
    AWS_LAMBDA_FUNCTION_NAME: 'simulated',
    ...(orderGuard && { ORDER_TABLE_NAME: 'versions', ORDER_SALT: 'salt' }),
  };
}

function usersOf(body: string): readonly PutUser[] {
  return (JSON.parse(body) as { users: readonly PutUser[] }).users;
}
