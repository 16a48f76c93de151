/** How long a healthy pipeline may look idle or stuck: what alarms wait for, derived from the sizes. */
import { Duration } from 'aws-cdk-lib';
import type { Sizing } from '../../sizing.ts';

/** The longest time that an alarm looks back, in seconds. Source: PutMetricAlarm API reference, periods below an hour. */
export const LONGEST_LOOK_BACK_IN_SECONDS = 86_400;

const SHORTEST_PERIOD_IN_SECONDS = 300;

/**
 * The period of metrics that the function publishes: a function publishes when a batch is done, so a period that is not
 * longer than a batch would be empty now and then. At least 5 minutes, and at least 2 time-outs of the function.
 */
export function progressPeriod({ timeoutInSeconds }: Pick<Sizing, 'timeoutInSeconds'>): Duration {
  const periods = Math.ceil((2 * timeoutInSeconds) / SHORTEST_PERIOD_IN_SECONDS);
  return Duration.seconds(periods * SHORTEST_PERIOD_IN_SECONDS);
}

/** How many periods it takes to wait for a time, in seconds; no more than an alarm looks back. */
export function periodsOf(period: Duration, waitInSeconds: number): number {
  const most = Math.floor(LONGEST_LOOK_BACK_IN_SECONDS / period.toSeconds());
  return Math.min(Math.ceil(waitInSeconds / period.toSeconds()), most);
}

/** How long a message can be retried, from its first receive to its last, in seconds: every back-off at its longest. */
export function longestRetriesInSeconds(sizing: Sizing): number {
  const { maxReceiveCount, backoffBaseInSeconds, backoffMaxInSeconds, timeoutInSeconds } = sizing;
  const waits = Array.from({ length: maxReceiveCount - 1 }, (_, retry) =>
    Math.min(backoffBaseInSeconds * 2 ** retry, backoffMaxInSeconds),
  );
  return waits.reduce((sum, wait) => sum + wait + timeoutInSeconds, timeoutInSeconds);
}
