import type { RuntimeError } from '../runtime-error.ts';

/** An error whose name is one of the runtime's own, such as `Runtime.HandlerNotFound`. */
export class NamedError extends Error {
  constructor(name: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = name;
  }
}

/** Describes whatever was thrown, as Lambda's Node runtime does. */
export function describeError(thrown: unknown): RuntimeError {
  if (!(thrown instanceof Error)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  const { name, message, stack = '' } = thrown;
  return { errorType: name, errorMessage: message, trace: stack.split('\n') };
}
