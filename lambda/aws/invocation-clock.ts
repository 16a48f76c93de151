/** The time that the function goes by: it only goes forward, and begins each invocation with what Lambda knows of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/ports.ts';

/** A clock, and the invocations that it is told of. */
export interface InvocationClock extends Clock {
  /**
   * Begins an invocation.
   *
   * @param remaining - what Lambda's context says is left of it, in milliseconds
   * @returns when it is cut off, in milliseconds by this clock
   */
  begin(remaining: number): number;
}

/** Where the time comes from. */
export interface TimeSources {
  /** Milliseconds since some moment, whatever the machine's clock is set to. @default performance.now */
  readonly elapsed?: () => number;
  /** Milliseconds since the epoch, by the machine's clock. @default Date.now */
  readonly wallTime?: () => number;
}

/** How much of one pause between two invocations counts, in milliseconds. What the pacer keeps is no more than this. */
const COUNTED_PAUSE_IN_MILLISECONDS = 1000;

/**
 * Makes the clock of an environment.
 *
 * It goes by the time that has elapsed, which nobody can set. Whether that goes on while Lambda keeps the environment frozen
 * between two invocations is not documented; a public report says that it stands still (hashicorp/vault-lambda-extension,
 * pull request 150). Without the pauses, 5% of the quota would stay unused in a simulated backlog. So a pause that the
 * elapsed time has missed is added, up to a second. It is told by Lambda's clock: the machine's clock and what is left of an
 * invocation add up to the moment at which Lambda ends it, whatever the machine's clock is set to.
 *
 * What is left is `deadline - Date.now()` in Lambda's runtime client (aws-lambda-ric), so it is wrong when the machine's
 * clock is. More than the function's time-out, or nothing while the function runs, is not believed: the time-out then counts
 * from now. At worst Lambda ends the function early, and its messages are received again.
 *
 * @param timeoutInMilliseconds - of the function
 */
export function createInvocationClock(
  timeoutInMilliseconds: number,
  { elapsed = () => performance.now(), wallTime = () => Date.now() }: TimeSources = {},
): InvocationClock {
  let counted = 0;
  let ahead: number | undefined;
  const now = () => elapsed() + counted;

  const countPause = (remaining: number) => {
    // How far Lambda's clock is ahead of the elapsed time: a number that only a pause makes larger.
    const found = wallTime() + remaining - elapsed();
    const before = ahead ?? found;
    counted += Math.min(Math.max(0, found - before), COUNTED_PAUSE_IN_MILLISECONDS);
    ahead = Math.max(before, found);
  };

  return {
    now,
    sleep: (milliseconds) => sleep(milliseconds),
    begin(remaining) {
      countPause(remaining);
      return now() + (remaining > 0 ? Math.min(remaining, timeoutInMilliseconds) : timeoutInMilliseconds);
    },
  };
}
