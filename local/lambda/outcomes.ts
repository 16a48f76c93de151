/** The results of invocations, worded as Lambda words them. */
import type { Crash, Exit, HandlerError, InitError, InvocationResult, Timeout } from './invocation-result.ts';
import type { RuntimeReply } from './runtime-api.ts';
import type { RuntimeError } from './runtime-error.ts';

/** Why an environment did not initialise. */
export type InitFailure =
  | { readonly kind: 'reported'; readonly error: RuntimeError }
  | { readonly kind: 'exited'; readonly exit: Exit }
  | { readonly kind: 'late'; readonly afterSeconds: number };

/** The result of an invocation whose runtime replied. */
export function replied(requestId: string, reply: RuntimeReply): InvocationResult {
  if (reply.kind === 'error') return failed(requestId, reply.error);
  try {
    return { kind: 'success', requestId, payload: JSON.parse(reply.payload) };
  } catch (error) {
    const errorMessage = `The response is not JSON: ${(error as Error).message}`;
    return failed(requestId, { errorType: 'Runtime.MalformedResponse', errorMessage, trace: [] });
  }
}

/** The result of an invocation whose process ended by itself or was killed. */
export function crashed(requestId: string, exit: Exit): Crash {
  return { kind: 'functionError', cause: 'crash', requestId, exit, ...exitError(requestId, exit) };
}

/** The result of an invocation that took too long. */
export function timedOut(requestId: string, timeoutInSeconds: number): Timeout {
  return { kind: 'functionError', cause: 'timeout', requestId, ...timeoutError(requestId, timeoutInSeconds) };
}

/** The result of an invocation whose environment did not initialise. */
export function notInitialised(requestId: string, failure: InitFailure): InitError {
  return { kind: 'functionError', cause: 'init', requestId, trace: [], ...initError(requestId, failure) };
}

function failed(requestId: string, error: RuntimeError): HandlerError {
  return { kind: 'functionError', cause: 'handler', requestId, ...error };
}

function initError(requestId: string, failure: InitFailure): NamedError | RuntimeError {
  switch (failure.kind) {
    case 'reported':
      return failure.error;
    case 'exited':
      return exitError(requestId, failure.exit);
    case 'late':
      return timeoutError(requestId, failure.afterSeconds);
  }
}

type NamedError = Pick<RuntimeError, 'errorType' | 'errorMessage'>;

function timeoutError(requestId: string, seconds: number): NamedError {
  const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
  return { errorType: 'Sandbox.Timedout', errorMessage };
}

function exitError(requestId: string, exit: Exit): NamedError {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: ${describeExit(exit)}` };
}

/** What Go, in which Lambda's supervisor is written, calls the signals that end a process. */
const SIGNALS: Partial<Record<NodeJS.Signals, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

function describeExit({ code, signal }: Exit): string {
  if (code === 0) return 'Runtime exited without providing a reason';
  const reason = signal === null ? `exit status ${code}` : `signal: ${SIGNALS[signal] ?? signal}`;
  return `Runtime exited with error: ${reason}`;
}
