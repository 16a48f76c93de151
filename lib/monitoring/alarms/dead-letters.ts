import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';

/**
 * Any dead letter, whoever sent it. The queue is what is watched and not what the function says, since a message that
 * crashes the function is moved by the queue. A letter that somebody is looking at is hidden and still counts, so that
 * looking at it does not end the alarm and begin another.
 */
export function deadLettersAlarm({ deadLetterQueue }: UserIngestion): AlarmDefinition {
  const options = { statistic: Stats.MAXIMUM, period: Duration.minutes(1) };
  return {
    name: 'DeadLetters',
    metric: new MathExpression({
      label: 'Dead letters',
      expression: 'waiting + hidden',
      usingMetrics: {
        waiting: deadLetterQueue.metricApproximateNumberOfMessagesVisible(options),
        hidden: deadLetterQueue.metricApproximateNumberOfMessagesNotVisible(options),
      },
      period: options.period,
    }),
    threshold: 0,
    periods: 1,
    meaning: 'Users could not be delivered. They wait in the dead-letter queue, each with its reason.',
    firstStep: 'see the reasons, with `npx personalize-users dlq list`.',
    runbookSection: 'Dead letters',
  };
}
