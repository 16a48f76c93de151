import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';

/** The alarm is over when the queue was empty for so many minutes: whoever looks at a letter hides it meanwhile. */
const MINUTES_UNTIL_OVER = 5;

/**
 * Any dead letter, whoever sent it. What the function says comes at once: a queue that nobody used for hours is reported up to 15 minutes
 * late. What is in the queue has the letters besides that SQS moved because they crashed the function. Hidden ones are not counted, since an
 * empty queue has been seen to report one. Source: SQS developer guide, CloudWatch metrics; public issues of others.
 */
export function deadLettersAlarm(ingestion: UserIngestion): AlarmDefinition {
  const period = Duration.minutes(1);
  return {
    key: 'deadLetters',
    metric: new MathExpression({
      label: 'Dead letters',
      expression: 'FILL(fresh, 0) + FILL(waiting, 0)',
      usingMetrics: {
        fresh: ingestion.metricUsersRejected(),
        waiting: ingestion.metricDeadLetters(),
      },
      period,
    }),
    period,
    threshold: 0,
    periods: 1,
    outOf: MINUTES_UNTIL_OVER,
    severity: 'urgent',
    meaning: 'Users could not be delivered. They wait in the dead-letter queue, each with its reason.',
    firstStep: 'see the reasons, with `npx personalize-users dlq list`.',
    runbookSection: 'Dead letters',
  };
}

/**
 * New dead letters while there are some already, so that the other alarm, which is on, tells nobody. It is over after a few minutes without a
 * new one, and then tells of the next. In the minutes in which the first letter comes it is quiet: some are there only if they were all the time.
 */
export function moreDeadLettersAlarm(ingestion: UserIngestion): AlarmDefinition {
  const period = Duration.minutes(5);
  return {
    key: 'moreDeadLetters',
    metric: new MathExpression({
      label: 'New dead letters while there are some',
      expression: 'IF(FILL(there, 0) > 0, FILL(fresh, 0), 0)',
      usingMetrics: {
        fresh: ingestion.metricUsersRejected(),
        there: ingestion.metricDeadLetters({ statistic: Stats.MINIMUM }),
      },
      period,
    }),
    period,
    threshold: 0,
    periods: 1,
    severity: 'canWait',
    meaning: 'More users could not be delivered, while earlier dead letters wait.',
    firstStep: 'see whether their reasons are new, with `npx personalize-users dlq list`.',
    runbookSection: 'Dead letters',
  };
}
