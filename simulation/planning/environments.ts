/** A model of Lambda: environments that are started, reused, kept warm for a while, and what they are billed for. */

import { createInvocationClock } from '../../lambda/aws/invocation-clock.ts';
import type { SqsEvent } from '../../local/event-source-mapping/sqs-event.ts';
import type { InvocationResult } from '../../local/lambda/invocation-result.ts';
import type { Handler, SimulatedFunction, Surroundings } from './simulated-function.ts';
import type { VirtualClock } from './virtual-clock.ts';

export interface LambdaModelOptions {
  readonly clock: VirtualClock;
  readonly function: SimulatedFunction;
  readonly surroundings: Surroundings;
  readonly timeoutInSeconds: number;
  /** What starting an environment takes, in milliseconds. It is billed. Source: Lambda pricing. */
  readonly coldStartMilliseconds: number;
  /** What invoking takes besides, in milliseconds. It is not billed. */
  readonly invokeMilliseconds: number;
  /** Whether the time that an environment can measure stands still while it has no invocation. */
  readonly clocksFreeze: boolean;
}

export interface LambdaModel {
  invoke(event: SqsEvent): Promise<InvocationResult>;
  readonly usage: LambdaUsage;
}

export interface LambdaUsage {
  invocations: number;
  coldStarts: number;
  failedInvocations: number;
  billedMilliseconds: number;
}

interface Environment {
  /** Says when an invocation ends, by the environment's own clock. */
  readonly begin: () => number;
  readonly handler: Handler;
  lastUsedAt: number;
}

/** How long an environment that idles is kept, in milliseconds. Lambda does not say; minutes is what is seen. */
const KEPT_WARM = 5 * 60_000;

export function createLambdaModel(options: LambdaModelOptions): LambdaModel {
  const { clock, timeoutInSeconds } = options;
  const usage: LambdaUsage = { invocations: 0, coldStarts: 0, failedInvocations: 0, billedMilliseconds: 0 };
  const idle: Environment[] = [];

  const environment = async (): Promise<Environment> => {
    const warm = idle.pop();
    if (warm && clock.now() - warm.lastUsedAt < KEPT_WARM) return warm;
    usage.coldStarts++;
    usage.billedMilliseconds += options.coldStartMilliseconds;
    await clock.sleep(options.coldStartMilliseconds);
    return newEnvironment(options);
  };

  return {
    usage,
    invoke: async (event) => {
      usage.invocations++;
      const requestId = String(usage.invocations);
      await clock.sleep(options.invokeMilliseconds);
      const used = await environment();
      const startedAt = clock.now();
      const endsAt = used.begin();
      const result = await Promise.race([
        settled(used.handler(event, { requestId, endsAt })),
        clock.sleep(timeoutInSeconds * 1000).then(() => TIMED_OUT),
      ]);
      usage.billedMilliseconds += Math.ceil(clock.now() - startedAt);
      if (result.kind === 'failed') usage.failedInvocations++;
      if (result === TIMED_OUT) return failure(requestId, 'timeout');
      used.lastUsedAt = clock.now();
      idle.push(used);
      return result.kind === 'returned'
        ? { kind: 'success', requestId, payload: result.payload }
        : failure(requestId, 'handler');
    },
  };
}

function newEnvironment(options: LambdaModelOptions): Environment {
  const { clock, surroundings, clocksFreeze } = options;
  const timeout = options.timeoutInSeconds * 1000;
  if (!clocksFreeze) {
    const handler = options.function(surroundings);
    return { handler, lastUsedAt: clock.now(), begin: () => clock.now() + timeout };
  }
  let frozenFor = 0;
  const ownClock = createInvocationClock(timeout, { elapsed: () => clock.now() - frozenFor, wallTime: clock.now });
  const environment: Environment = {
    handler: options.function({ ...surroundings, clock: { now: ownClock.now, sleep: clock.sleep } }),
    lastUsedAt: clock.now(),
    begin: () => {
      frozenFor += clock.now() - environment.lastUsedAt;
      return ownClock.begin(timeout);
    },
  };
  return environment;
}

type Ending = { readonly kind: 'returned'; readonly payload: unknown } | { readonly kind: 'failed' };

const TIMED_OUT: Ending = { kind: 'failed' };

function settled(running: Promise<unknown>): Promise<Ending> {
  return running.then(
    (payload) => ({ kind: 'returned', payload }),
    () => ({ kind: 'failed' }),
  );
}

function failure(requestId: string, cause: 'timeout' | 'handler'): InvocationResult {
  const described = { kind: 'functionError', requestId, errorType: cause, errorMessage: cause } as const;
  return cause === 'timeout' ? { ...described, cause } : { ...described, cause, trace: [] };
}
