import { Color, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { UserIngestion } from '../../user-ingestion.ts';
import { ageInQuietGroups, messagesInQuietGroups, noisyGroups } from '../fair-queue-metrics.ts';
import type { Section } from './section.ts';

/** What waits in the users queue, for how long, and how long it would take to drain. */
export function queueSection(ingestion: UserIngestion): Section {
  const { queue, sizing } = ingestion;
  const hidden = ingestion.metricMessagesHidden({ label: 'in work or backing off', color: Color.ORANGE });
  return {
    heading: 'Users queue',
    description:
      'A backlog makes messages old in good health, as long as the quota above is used. Live users do not wait behind one that has a source of its own.',
    graphs: [
      {
        title: 'Messages',
        width: 8,
        lines: [ingestion.metricMessagesWaiting({ label: 'waiting', color: Color.BLUE }), hidden],
      },
      {
        title: 'Age of the oldest message (s)',
        width: 8,
        lines: [
          queue.metricApproximateAgeOfOldestMessage({ statistic: Stats.MAXIMUM, label: 'received less than thrice' }),
          new MathExpression({
            label: 'in batches',
            expression: 'own / 1000',
            usingMetrics: { own: ingestion.metricOldestMessageAge() },
          }),
          ...(sizing.fifo ? [] : [ageInQuietGroups(queue, { label: 'without noisy sources' })]),
        ],
      },
      {
        title: 'Time to drain at the quota (min)',
        width: 8,
        lines: [ingestion.metricTimeToDrain()],
      },
      ...(sizing.fifo ? [] : [sources(queue)]),
    ],
  };
}

/** On a standard queue: how many sources have a backlog, and what waits besides. */
function sources(queue: IQueue): Section['graphs'][number] {
  return {
    title: 'Noisy sources, and messages of the others',
    width: 8,
    lines: [
      noisyGroups(queue, { label: 'noisy sources', color: Color.RED }),
      messagesInQuietGroups(queue, { label: 'waiting in quiet ones', color: Color.BLUE }),
    ],
  };
}
