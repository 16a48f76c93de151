/** What became of an invocation, as whoever invoked the function sees it. */
export type InvocationResult = Success | FunctionError;

export interface Success {
  readonly kind: 'success';
  readonly requestId: string;
  /** What the handler returned, read from JSON. */
  readonly payload: unknown;
}

/** The function failed; what it did before that is done. */
export type FunctionError = HandlerError | Timeout | Crash | InitError;

/** The handler threw, or what it returned cannot be passed on. The environment lives on. */
export interface HandlerError extends Failure {
  readonly cause: 'handler';
  readonly trace: readonly string[];
}

/** The handler took longer than the function's timeout, and its process was killed. */
export interface Timeout extends Failure {
  readonly cause: 'timeout';
}

/** The process ended while the handler ran. */
export interface Crash extends Failure {
  readonly cause: 'crash';
  readonly exit: Exit;
}

/** The process never came to ask for an invocation: the handler did not run. */
export interface InitError extends Failure {
  readonly cause: 'init';
  readonly trace: readonly string[];
}

interface Failure {
  readonly kind: 'functionError';
  readonly requestId: string;
  /** Such as `Runtime.ExitError`, or the name of what the handler threw. */
  readonly errorType: string;
  readonly errorMessage: string;
}

/** How a process ended: by itself with a code, or by a signal. */
export type Exit =
  | { readonly code: number; readonly signal: null }
  | { readonly code: null; readonly signal: NodeJS.Signals };
