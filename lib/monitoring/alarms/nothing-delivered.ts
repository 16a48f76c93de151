import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { periodsOf } from './patience.ts';

/** It fires no sooner than this, in seconds. */
const LEAST_WAIT_IN_SECONDS = 900;

/** A batch that works tells of itself when it is done, and may have been begun twice before. */
const TIMEOUTS = 3;

/** Messages in the queue, in sight or backing off, and no user delivered for as long as a batch can take, and longer. */
export function nothingDeliveredAlarm(ingestion: UserIngestion): AlarmDefinition {
  const { queue, sizing } = ingestion;
  const period = Duration.minutes(1);
  const options = { statistic: Stats.MINIMUM };
  return {
    key: 'nothingDelivered',
    period,
    severity: 'urgent',
    metric: new MathExpression({
      label: 'Messages while nothing is delivered',
      expression: 'IF(FILL(delivered, 0) > 0, 0, waiting + hidden)',
      usingMetrics: {
        delivered: ingestion.metric('UsersDelivered'),
        waiting: queue.metricApproximateNumberOfMessagesVisible(options),
        hidden: queue.metricApproximateNumberOfMessagesNotVisible(options),
      },
      period,
    }),
    threshold: 0,
    periods: periodsOf(period, Math.max(LEAST_WAIT_IN_SECONDS, TIMEOUTS * sizing.timeoutInSeconds)),
    meaning: 'Messages are in the queue and no user was delivered for a while.',
    firstStep: 'look for `retryErrors` in the saved query "Retries": it names what PutUsers answers.',
    runbookSection: 'Nothing delivered',
  };
}
