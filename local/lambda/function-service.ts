/** Lambda, for one function: invocations on one side, execution environments on the other. */
import { existsSync } from 'node:fs';
import {
  type EnvironmentOptions,
  type ExecutionEnvironment,
  startExecutionEnvironment,
} from './execution-environment.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { InvocationResult } from './invocation-result.ts';
import { MAX_EVENT_BYTES } from './limits.ts';
import { createSlots } from './slots.ts';

export interface FunctionServiceOptions extends EnvironmentOptions {
  /** How many environments there may be at a time. */
  readonly maxConcurrency: number;
}

/** An environment, as seen from outside. */
export interface EnvironmentView {
  readonly pid: number;
  readonly isBusy: boolean;
}

export interface FunctionService {
  /**
   * Invokes the function, in an environment that is idle or else in a new one. When there are as many as there may be
   * and all are busy, it waits, where Lambda would refuse.
   *
   * @param event - anything that JSON can express
   * @throws InvokeError when the event is too large, or the service stopped
   */
  invoke(event: unknown): Promise<InvocationResult>;
  /** The environments whose processes live. */
  readonly environments: readonly EnvironmentView[];
  /** Kills all environments; what they were at ends as a crash. Resolves when the processes are gone. */
  stop(): Promise<void>;
}

/** Why an invocation never reached the function. */
export class InvokeError extends Error {
  override readonly name: 'RequestTooLargeException' | 'ServiceStopped';

  constructor(name: InvokeError['name'], message: string) {
    super(message);
    this.name = name;
  }
}

/**
 * Makes the service. It starts no process before there is an invocation for it.
 *
 * Between invocations an environment is not frozen, as Lambda's are: what a handler leaves running goes on.
 *
 * @throws Error when the function's code is not there
 */
export function createFunctionService(
  definition: FunctionDefinition,
  { maxConcurrency, ...options }: FunctionServiceOptions,
): FunctionService {
  const { name, codeDirectory } = definition;
  if (!existsSync(codeDirectory)) throw new Error(`The code of the function ${name} is not at ${codeDirectory}`);
  const slots = createSlots(maxConcurrency);
  const environments = new Set<ExecutionEnvironment>();
  const idle: ExecutionEnvironment[] = [];
  const running = new Set<Promise<unknown>>();
  let isStopped = false;

  const start = async (): Promise<ExecutionEnvironment> => {
    const environment = await startExecutionEnvironment(definition, options);
    environments.add(environment);
    environment.ended.then(() => {
      environments.delete(environment);
      const index = idle.indexOf(environment);
      if (index >= 0) idle.splice(index, 1);
    });
    if (isStopped) await environment.stop();
    return environment;
  };

  const run = async (payload: string): Promise<InvocationResult> => {
    if (isStopped) throw new InvokeError('ServiceStopped', `${name} has been stopped`);
    const environment = idle.pop() ?? (await start());
    const result = await environment.invoke(payload);
    if (environment.isAlive()) idle.push(environment);
    return result;
  };

  return {
    invoke: async (event) => {
      const invocation = slots.use(() => run(serialize(event)));
      running.add(invocation);
      return invocation.finally(() => running.delete(invocation));
    },
    get environments() {
      return [...environments]
        .filter((environment) => environment.isAlive())
        .map((environment) => ({ pid: environment.pid, isBusy: !idle.includes(environment) }));
    },
    stop: async () => {
      isStopped = true;
      await Promise.all([...environments].map((environment) => environment.stop()));
      await Promise.allSettled(running);
    },
  };
}

function serialize(event: unknown): string {
  const payload = JSON.stringify(event) ?? 'null';
  const bytes = Buffer.byteLength(payload);
  if (bytes <= MAX_EVENT_BYTES) return payload;
  throw new InvokeError(
    'RequestTooLargeException',
    `Request must be smaller than ${MAX_EVENT_BYTES} bytes for the InvokeFunction operation, and has ${bytes}`,
  );
}
