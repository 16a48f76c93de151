/** An execution environment: a process of its own that handles one invocation at a time, for as long as it lives. */
import { randomBytes, randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { environmentVariables } from './environment-variables.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { Exit, InvocationResult } from './invocation-result.ts';
import { crashed, type InitFailure, notInitialised, replied, timedOut } from './outcomes.ts';
import { type RuntimeApi, startRuntimeApi } from './runtime-api.ts';
import { type LogListener, type RuntimeProcess, startRuntimeProcess } from './runtime-process.ts';
import { startTimer } from './timer.ts';

const BOOTSTRAP = fileURLToPath(new URL('bootstrap/main.ts', import.meta.url));

/** The share of a function's memory that its heap may take before the process runs out of it. */
const HEAP_SHARE = 0.9;

export interface EnvironmentOptions {
  /** Environment variables on top of Lambda's and the function's own: credentials and endpoints. @default none */
  readonly extraVariables?: Readonly<Record<string, string>> | undefined;
  /** Takes what the processes log. @default nothing is done with it */
  readonly onLog?: LogListener | undefined;
  /** Source: Lambda developer guide, "Init phase". @default 10 */
  readonly initTimeoutInSeconds?: number | undefined;
  /**
   * The program, with its arguments, that speaks to the Runtime API at `AWS_LAMBDA_RUNTIME_API`; another one would be
   * AWS's own `aws-lambda-ric`.
   *
   * @default this process's Node, with a heap as large as the function's memory allows, running bootstrap/main.ts
   */
  readonly command?: readonly [string, ...string[]] | undefined;
}

export interface ExecutionEnvironment {
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly ended: Promise<Exit>;
  /** False as soon as the process is known to be gone. */
  isAlive(): boolean;
  /**
   * Handles an invocation; the one before must have ended. It ends when the process asks for the next one or is gone, so
   * that whatever an environment is, alive or not, is known by then.
   *
   * @param payload - the event, as JSON
   */
  invoke(payload: string): Promise<InvocationResult>;
  /** Kills the process. */
  stop(): Promise<void>;
}

/**
 * Starts an environment. It need not have initialised when this resolves: an error while it does is the result of its
 * first invocation, which is also its last.
 *
 * @throws what the operating system said when the program cannot be started
 */
export async function startExecutionEnvironment(
  definition: FunctionDefinition,
  options: EnvironmentOptions = {},
): Promise<ExecutionEnvironment> {
  const api = await startRuntimeApi();
  const runtime = await startRuntime(definition, options, api).catch(async (error) => {
    await api.stop();
    throw error;
  });
  let isAlive = true;
  const ended = runtime.ended.then(async (exit) => {
    isAlive = false;
    await api.stop();
    return exit;
  });
  const initialised = initialise(api, runtime, options.initTimeoutInSeconds ?? 10);

  return {
    pid: runtime.pid,
    ended,
    isAlive: () => isAlive,
    invoke: async (payload) => {
      const requestId = randomUUID();
      const init = await initialised;
      if (init.kind === 'ready') return handle(requestId, payload, { definition, api, runtime });
      await runtime.kill();
      return notInitialised(requestId, init);
    },
    stop: async () => {
      await runtime.kill();
      await ended;
    },
  };
}

function startRuntime(
  definition: FunctionDefinition,
  { command, extraVariables, onLog = () => undefined }: EnvironmentOptions,
  api: RuntimeApi,
): Promise<RuntimeProcess> {
  const heapInMB = Math.floor(definition.memorySizeInMB * HEAP_SHARE);
  const variables = environmentVariables(definition, {
    runtimeApi: api.address,
    logStreamName: createLogStreamName(new Date()),
    path: process.env.PATH ?? '',
    home: tmpdir(),
  });
  return startRuntimeProcess({
    command: command ?? [process.execPath, `--max-old-space-size=${heapInMB}`, BOOTSTRAP],
    directory: definition.codeDirectory,
    variables: { ...variables, ...extraVariables },
    onLog,
  });
}

type Initialisation = InitFailure | { readonly kind: 'ready' };

async function initialise(api: RuntimeApi, runtime: RuntimeProcess, limitInSeconds: number): Promise<Initialisation> {
  const timer = startTimer(limitInSeconds);
  const outcome = await Promise.race<Initialisation>([
    api.whenWaiting().then(() => ({ kind: 'ready' })),
    api.initError.then((error) => ({ kind: 'reported', error })),
    runtime.ended.then((exit) => ({ kind: 'exited', exit })),
    timer.expired.then(() => ({ kind: 'late', afterSeconds: limitInSeconds })),
  ]);
  timer.cancel();
  return outcome;
}

interface Parts {
  readonly definition: FunctionDefinition;
  readonly api: RuntimeApi;
  readonly runtime: RuntimeProcess;
}

async function handle(
  requestId: string,
  payload: string,
  { definition, api, runtime }: Parts,
): Promise<InvocationResult> {
  const { arn: functionArn, timeoutInSeconds } = definition;
  const timer = startTimer(timeoutInSeconds);
  const deadline = Date.now() + timeoutInSeconds * 1000;
  const result = await Promise.race<InvocationResult>([
    api.deliver({ requestId, payload, deadline, functionArn }).then((reply) => replied(requestId, reply)),
    runtime.ended.then((exit) => crashed(requestId, exit)),
    timer.expired.then(() => timedOut(requestId, timeoutInSeconds)),
  ]);
  await Promise.race([api.whenWaiting(), runtime.ended, timer.expired]);
  if (timer.hasExpired()) await runtime.kill();
  timer.cancel();
  return result;
}

/** A name as Lambda gives: the day, the version and what is unique. */
function createLogStreamName(now: Date): string {
  const day = now.toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomBytes(16).toString('hex')}`;
}
