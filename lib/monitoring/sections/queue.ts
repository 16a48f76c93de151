import { Color, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { USERS_PER_CALL } from '../../../contract/dataset/put-users-limits.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { ageInQuietGroups, messagesInQuietGroups, noisyGroups } from '../fair-queue-metrics.ts';
import type { Section } from './section.ts';

/** What waits in the users queue, for how long, and how long it would take to drain. */
export function queueSection({ queue, sizing }: UserIngestion): Section {
  const maximum = { statistic: Stats.MAXIMUM };
  const waiting = queue.metricApproximateNumberOfMessagesVisible({ ...maximum, label: 'waiting', color: Color.BLUE });
  const hidden = queue.metricApproximateNumberOfMessagesNotVisible({
    ...maximum,
    label: 'in work or backing off',
    color: Color.ORANGE,
  });
  const usersPerMinute = 60 * sizing.requestsPerSecond * USERS_PER_CALL;
  return {
    heading: 'Users queue',
    description:
      'A backlog makes messages old in good health, as long as the quota above is used. Live users do not wait behind one that has a source of its own.',
    graphs: [
      { title: 'Messages', graphWidgetWidth: 8, metrics: [waiting, hidden] },
      {
        title: 'Age of the oldest message (s)',
        graphWidgetWidth: 8,
        metrics: [
          queue.metricApproximateAgeOfOldestMessage({ ...maximum, label: 'age' }),
          ...(sizing.fifo ? [] : [ageInQuietGroups(queue, { label: 'without noisy sources' })]),
        ],
      },
      {
        title: 'Time to drain at the quota (min)',
        graphWidgetWidth: 8,
        metrics: [
          new MathExpression({
            label: `at usersPerMessage ${sizing.usersPerMessage}`,
            expression: `(waiting + hidden) * ${sizing.usersPerMessage} / ${usersPerMinute}`,
            usingMetrics: { waiting, hidden },
          }),
        ],
      },
      ...(sizing.fifo ? [] : [sources(queue)]),
    ],
  };
}

/** On a standard queue: how many sources have a backlog, and what waits besides. */
function sources(queue: IQueue): Section['graphs'][number] {
  return {
    title: 'Noisy sources, and messages of the others',
    graphWidgetWidth: 8,
    metrics: [
      noisyGroups(queue, { label: 'noisy sources', color: Color.RED }),
      messagesInQuietGroups(queue, { label: 'waiting in quiet ones', color: Color.BLUE }),
    ],
  };
}
