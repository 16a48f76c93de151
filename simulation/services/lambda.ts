/** A model of Lambda: environments that are started, reused, frozen between invocations, replaced and killed. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { settleReserveInMilliseconds } from '../../contract/deployment/time-budget.ts';
import type { SqsEvent } from '../../local/event-source-mapping/sqs-event.ts';
import type { InvocationResult } from '../../local/lambda/invocation-result.ts';
import { type Faults, setWrong } from '../faults.ts';
import type { Journal } from '../journal.ts';
import type { Invocation, Ledger } from '../ledger.ts';
import { AWS, createMachine, type Machine } from '../machine/machine.ts';
import { machineTime } from '../machine/platform.ts';
import type { Timeline } from '../machine/timeline.ts';
import { serialsIn } from '../records.ts';

export type Handler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

export interface LambdaOptions {
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly timeoutInMilliseconds: number;
  /** Makes the handler of a new environment, as importing its module does. */
  readonly initialize: () => Handler;
}

interface Environment {
  readonly machine: Machine;
  readonly handler: Handler;
  lastUsedAt: number;
  isOutdated: boolean;
}

export interface Lambda {
  invoke(event: SqsEvent): Promise<InvocationResult>;
  /** Replaces the function: no environment of before gets another event. */
  deploy(): void;
  /** What a machine works on. */
  invocationOn(machine: Machine): Invocation | undefined;
  /** The invocations that work on a message. */
  workersOn(messageId: string): readonly Invocation[];
  readonly environments: ReadonlySet<Machine>;
  isBusy(): boolean;
}

/** How long an environment that idles is kept, in milliseconds. Lambda does not say; minutes is what is seen. */
const KEPT_WARM = 5 * 60_000;
const COLD_START = 400;
/** After failed invocations the mapping pauses, in milliseconds. Lambda does not say for how long. */
const BACK_OFF = { first: 1_000, longest: 30_000 } as const;

export function createLambda(options: LambdaOptions): Lambda {
  const { timeline, faults, journal, ledger, timeoutInMilliseconds } = options;
  const idle: Environment[] = [];
  const busy = new Map<Machine, { environment: Environment; invocation: Invocation }>();
  const environments = new Set<Machine>();
  let started = 0;
  let invocations = 0;
  let failuresInARow = 0;
  const sleep = (milliseconds: number) => new Promise<void>((resolve) => timeline.schedule(AWS, milliseconds, resolve));

  const environmentFor = async (): Promise<Environment | undefined> => {
    for (let warm = idle.pop(); warm; warm = idle.pop()) {
      if (!warm.isOutdated && timeline.now() - warm.lastUsedAt < KEPT_WARM) return warm;
      warm.machine.kill();
      environments.delete(warm.machine);
    }
    const machine = createMachine(`environment ${++started}`);
    await sleep(COLD_START);
    if (faults.happens('function.initFails', machine.name)) return undefined;
    environments.add(machine);
    setWrong(machine, faults);
    ledger.started(machine.name);
    return { machine, handler: machine.run(options.initialize), lastUsedAt: 0, isOutdated: false };
  };

  const work = async (environment: Environment, event: SqsEvent, invocation: Invocation): Promise<unknown> => {
    const { machine, handler } = environment;
    const endsAt = timeline.now() + timeoutInMilliseconds;
    const context = {
      awsRequestId: invocation.requestId,
      functionName: 'simulated',
      // As Lambda's own runtime client works it out. Source: aws-lambda-ric.
      getRemainingTimeInMillis: () => endsAt - machineTime(),
    } as Context;
    // What it holds is the environment's own: JSON over a socket.
    const own = JSON.parse(JSON.stringify(event)) as SQSEvent;
    const limit = Promise.withResolvers<typeof TIMED_OUT>();
    const timer = timeline.schedule(AWS, timeoutInMilliseconds, () => limit.resolve(TIMED_OUT));
    machine.thaw();
    const answer = machine.run(() =>
      handler(own, context).then(
        (payload) => ({ payload: JSON.parse(JSON.stringify(payload ?? null)) as SQSBatchResponse }),
        (error: Error) => ({ error }),
      ),
    );
    const result = await Promise.race([answer, limit.promise, machine.killed.then(() => KILLED)]);
    timer.cancel();
    return result;
  };

  const settle = (environment: Environment, invocation: Invocation, result: unknown): InvocationResult => {
    const { machine } = environment;
    const { requestId } = invocation;
    busy.delete(machine);
    if (result === TIMED_OUT || result === KILLED) {
      invocation.state = 'ended';
      if (result === TIMED_OUT) ledger.timedOut(invocation);
      machine.kill();
      environments.delete(machine);
      journal.note(machine.name, result === TIMED_OUT ? 'is killed by its time-out' : 'is dead');
      return failed(requestId, result === TIMED_OUT ? 'Sandbox.Timedout' : 'Runtime.ExitError');
    }
    environment.lastUsedAt = timeline.now();
    machine.freeze(Number.POSITIVE_INFINITY);
    idle.push(environment);
    const { payload, error } = result as { payload?: SQSBatchResponse; error?: Error };
    invocation.state = error ? 'ended' : 'answered';
    if (error) {
      journal.note(machine.name, `fails with ${error.name}`);
      return failed(requestId, error.name);
    }
    const named = (payload?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
    const acknowledged = invocation.messages.filter(({ id }) => !named.includes(id));
    journal.note(
      machine.name,
      'acknowledges',
      acknowledged.flatMap(({ body }) => serialsIn(body)),
    );
    ledger.acknowledged(invocation, named);
    return { kind: 'success', requestId, payload };
  };

  const invokeOnce = async (event: SqsEvent): Promise<InvocationResult> => {
    const requestId = `request-${++invocations}`;
    await sleep(10);
    if (faults.happens('mapping.invokeFails', requestId)) return failed(requestId, 'TooManyRequestsException');
    const environment = await environmentFor();
    if (!environment) return failed(requestId, 'Runtime.ImportModuleError');
    const { machine } = environment;
    const invocation: Invocation = {
      requestId,
      environment: machine.name,
      messages: event.Records.map(({ messageId, body, attributes }) => ({
        id: messageId,
        body,
        groupId: attributes.MessageGroupId,
        receiveCount: Number(attributes.ApproximateReceiveCount),
        sentAt: Number(attributes.SentTimestamp),
        sequence: Number(attributes.SequenceNumber ?? 0),
      })),
      lastCallAt: timeline.now() + timeoutInMilliseconds - settleReserveInMilliseconds(event.Records.length),
      isLate: false,
      // By a clock that is ahead of Lambda's by less than the time-out, less of that is left. Nothing tells the function that it
      // is the clock, and not a wait of the event for a processor, so it is right to stop early: what it had no time for comes again.
      isTroubled: machine.clockAheadBy > 0 && machine.clockAheadBy < timeoutInMilliseconds,
      isStruck: false,
      state: 'working',
    };
    busy.set(machine, { environment, invocation });
    journal.note(
      machine.name,
      `gets ${event.Records.length} messages`,
      event.Records.flatMap(({ body }) => serialsIn(body)),
    );
    return settle(environment, invocation, await work(environment, event, invocation));
  };

  return {
    environments,
    isBusy: () => busy.size > 0,
    async invoke(event) {
      const result = await invokeOnce(event);
      if (result.kind === 'success') failuresInARow = 0;
      else await sleep(Math.min(BACK_OFF.longest, BACK_OFF.first * 2 ** failuresInARow++));
      return result;
    },
    deploy() {
      journal.note('deployment', 'replaces the function');
      for (const environment of idle.splice(0)) {
        environment.machine.kill();
        environments.delete(environment.machine);
      }
      for (const { environment } of busy.values()) environment.isOutdated = true;
    },
    invocationOn: (machine) => busy.get(machine)?.invocation,
    workersOn: (messageId) =>
      [...busy.values()]
        .map(({ invocation }) => invocation)
        .filter(({ messages }) => messages.some(({ id }) => id === messageId)),
  };
}

const TIMED_OUT = Symbol('timed out');
const KILLED = Symbol('killed');

function failed(requestId: string, errorType: string): InvocationResult {
  return { kind: 'functionError', cause: 'handler', requestId, errorType, errorMessage: errorType, trace: [] };
}
