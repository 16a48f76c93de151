/** No answer in time. What the call did is unknown. */
export class TimeLimitError extends Error {
  override readonly name = 'TimeoutError';
}

/** A limit on the time of one or more calls, counted from when it is made. */
export interface TimeLimit {
  /** For the SDK's `send`, as `abortSignal`. */
  readonly signal: AbortSignal;
  /** What a call failed with: the error that it threw, or a {@link TimeLimitError} if the limit cut it off. */
  explain(error: unknown): unknown;
}

/**
 * Begins a time limit.
 *
 * @param time - in milliseconds; a part of one counts as a whole one
 */
export function timeLimit(time: number): TimeLimit {
  const milliseconds = Math.ceil(time);
  const signal = AbortSignal.timeout(milliseconds);
  return {
    signal,
    explain: (error) => (signal.aborted ? new TimeLimitError(`no reply within ${milliseconds} ms`) : error),
  };
}
