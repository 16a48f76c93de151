import type { WorldState } from './world.ts';

/** Where nobody watches a live line, in a log say, a new one is written this often, in milliseconds. */
const LOG_INTERVAL_IN_MILLISECONDS = 2_000;

/** One line that says how far the world is. */
export function progressOf({ left, deadLetters, users, calls }: WorldState): string {
  return `${users} users in the dataset, ${deadLetters} dead letters, ${calls} PutUsers calls; ${left} messages in the queue`;
}

/**
 * Makes a filter that lets through what is worth showing: on a terminal, where a line replaces the one before, whatever
 * is new; elsewhere one line every two seconds.
 */
export function createProgressFilter(isTerminal: boolean, now: () => number): (line: string) => boolean {
  let last = '';
  let lastAt = Number.NEGATIVE_INFINITY;
  return (line) => {
    if (line === last || (!isTerminal && now() - lastAt < LOG_INTERVAL_IN_MILLISECONDS)) return false;
    last = line;
    lastAt = now();
    return true;
  };
}
