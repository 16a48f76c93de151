import { Color, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { GraphWidgetType } from 'cdk-monitoring-constructs';
import { DEAD_LETTERS_METRIC, ERROR_CODE_DIMENSION } from '../../../contract/deployment/metrics.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { sumsByDimension } from './by-dimension.ts';
import type { Section } from './section.ts';

/** What is in the dead-letter queue, and why it came there. */
export function deadLettersSection({ deadLetterQueue, function: fn }: UserIngestion): Section {
  return {
    heading: 'Dead letters',
    description: 'Letters without a reason were moved by the queue, because the function crashed on them.',
    graphs: [
      {
        title: 'Dead letters in the queue',
        graphWidgetWidth: 12,
        metrics: [
          deadLetterQueue.metricApproximateNumberOfMessagesVisible({
            statistic: Stats.MAXIMUM,
            label: 'dead letters',
            color: Color.RED,
          }),
        ],
      },
      {
        title: 'New dead letters by ErrorCode',
        graphWidgetType: GraphWidgetType.STACKED_AREA,
        graphWidgetWidth: 12,
        metrics: [sumsByDimension(fn.functionName, DEAD_LETTERS_METRIC, ERROR_CODE_DIMENSION)],
      },
    ],
  };
}
