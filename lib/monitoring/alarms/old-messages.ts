import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { Sizing } from '../../sizing.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { ageInQuietGroups, noisyGroups } from '../fair-queue-metrics.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { longestRetriesInSeconds, periodsOf, progressPeriod } from './patience.ts';

/** Below this part of the quota the pipeline is not busy draining. */
const BUSY = 0.5;

/**
 * SQS leaves out of `age` what was received three times or more, whatever becomes of it. `own` is what the function says, in milliseconds, of
 * the batches that it takes, where those are not left out. Source: SQS developer guide, ApproximateAgeOfOldestMessage.
 */
const OLDEST = 'IF(FILL(own, 0) / 1000 > FILL(age, 0), FILL(own, 0) / 1000, FILL(age, 0))';

/** It fires no sooner than this, in seconds. */
const LEAST_WAIT_IN_SECONDS = 1_800;

/**
 * Messages that are older than draining explains.
 *
 * A backlog makes messages old in good health: the last message of a million users waits for three hours. How old is not
 * to be read from how many messages are left, since the oldest had those ahead of it that are gone: a bound of depth by
 * rate would fire at the end of every burst. But a pipeline that drains uses its quota. So age counts only in periods in
 * which less than half of the quota was used; and age beyond half of the queue's retention counts always.
 *
 * While the quota is used and a source is noisy, a bulk load is drained, which is no incident, however long it takes. Then
 * the age of the other sources counts: live users must not be behind it.
 *
 * It waits for as long as a message can be retried: what comes last out of a burst is old and backs off, without calls.
 */
export function oldMessagesAlarm(ingestion: UserIngestion): AlarmDefinition {
  const { queue, sizing, retentionInSeconds } = ingestion;
  // Too old whatever the reason: half of the time after which SQS deletes them.
  const tooOldInSeconds = retentionInSeconds / 2;
  const period = progressPeriod(sizing);
  const busyCalls = Math.ceil(BUSY * sizing.requestsPerSecond * period.toSeconds());
  return {
    key: 'oldMessages',
    period,
    severity: 'urgent',
    metric: new MathExpression({
      label: 'Age that draining does not explain (s)',
      expression: `IF(FILL(calls, 0) < ${busyCalls} OR ${OLDEST} > ${tooOldInSeconds}, ${OLDEST}, ${whileBusy(sizing)})`,
      usingMetrics: {
        age: queue.metricApproximateAgeOfOldestMessage(),
        own: ingestion.metric('OldestMessageAge'),
        calls: ingestion.metric('PutUsersCalls'),
        ...(!sizing.fifo && { noisy: noisyGroups(queue), quiet: ageInQuietGroups(queue) }),
      },
      period,
    }),
    threshold: Math.min(patientAgeInSeconds(sizing), tooOldInSeconds),
    periods: periodsOf(period, Math.max(LEAST_WAIT_IN_SECONDS, longestRetriesInSeconds(sizing))),
    meaning:
      'Messages get old although there is quota to deliver them or they are of no bulk load, or they are half-way to being deleted unread.',
    firstStep: 'compare quota used, throttled and retried users on the dashboard.',
    runbookSection: 'Old messages',
  };
}

/** A FIFO queue has no noisy groups: there a group is an order. */
function whileBusy({ fifo }: Sizing): string {
  return fifo ? '0' : 'IF(FILL(noisy, 0) > 0, FILL(quiet, 0), 0)';
}

/**
 * A crash hides its batch for the visibility timeout, which is no reason to be told; nor is a quarter of an hour, or a message that
 * backs off until its last receive: it ends as a dead letter, of which another alarm tells.
 */
function patientAgeInSeconds(sizing: Sizing): number {
  return Math.max(900, longestRetriesInSeconds(sizing)) + sizing.visibilityTimeoutInSeconds;
}
