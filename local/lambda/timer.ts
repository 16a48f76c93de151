/** A time that comes unless it is cancelled. */
export interface Timer {
  /** Resolves when the time has come; never, if it was cancelled before. */
  readonly expired: Promise<void>;
  hasExpired(): boolean;
  cancel(): void;
}

export function startTimer(seconds: number): Timer {
  const { promise, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const timeout = setTimeout(() => {
    isOver = true;
    resolve();
  }, seconds * 1000);
  return { expired: promise, hasExpired: () => isOver, cancel: () => clearTimeout(timeout) };
}
