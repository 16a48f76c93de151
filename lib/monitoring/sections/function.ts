import { Color, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { Section } from './section.ts';

/** Whether the function fails, how long it takes, and how much of its concurrency is in use. */
export function functionSection({ function: fn, sizing }: UserIngestion): Section {
  return {
    heading: 'Function',
    description:
      'An error is a crash, a time-out or too little memory: whatever else goes wrong is retried or rejected.',
    graphs: [
      {
        title: 'Invocations',
        graphWidgetWidth: 8,
        metrics: [
          fn.metricInvocations({ label: 'invocations', color: Color.BLUE }),
          fn.metricErrors({ statistic: Stats.SUM, label: 'errors', color: Color.RED }),
          fn.metricThrottles({ statistic: Stats.SUM, label: 'throttled by Lambda', color: Color.ORANGE }),
        ],
      },
      {
        title: 'Duration (ms)',
        graphWidgetWidth: 8,
        metrics: [
          fn.metricDuration({ statistic: Stats.AVERAGE, label: 'average' }),
          fn.metricDuration({ statistic: Stats.MAXIMUM, label: 'longest', color: Color.ORANGE }),
        ],
        horizontalAnnotations: [{ value: sizing.timeoutInSeconds * 1000, label: 'time-out' }],
      },
      {
        title: 'Concurrency',
        graphWidgetWidth: 8,
        graphWidgetAxis: { min: 0 },
        metrics: [fn.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, label: 'environments' })],
        horizontalAnnotations: [{ value: sizing.maxConcurrency, label: 'maxConcurrency' }],
      },
    ],
  };
}
