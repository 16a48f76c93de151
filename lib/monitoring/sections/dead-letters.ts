import { Color, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { GraphWidgetType, MetricStatistic } from 'cdk-monitoring-constructs';
import {
  DEAD_LETTERS_METRIC,
  ERROR_CODE_DIMENSION,
  ingestionDimensions,
  METRICS_NAMESPACE,
} from '../../../contract/deployment/metrics.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
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
        metrics: [
          {
            searchQuery: `MetricName="${DEAD_LETTERS_METRIC}"`,
            namespace: METRICS_NAMESPACE,
            dimensionsMap: { ...ingestionDimensions(fn.functionName), ...ANY_ERROR_CODE },
            statistic: MetricStatistic.SUM,
            label: LABEL,
          },
        ],
      },
    ],
  };
}

/** CloudWatch fills it in. Source: CloudWatch user guide, dynamic labels. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: that is how CloudWatch writes it
const LABEL = "${PROP('Dim.ErrorCode')}";

/** The library takes a dimension without a value for one of any value, and its type does not say so. */
const ANY_ERROR_CODE = { [ERROR_CODE_DIMENSION]: undefined as unknown as string };
