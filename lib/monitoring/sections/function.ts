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
        width: 8,
        lines: [
          fn.metricInvocations({ label: 'invocations', color: Color.BLUE }),
          fn.metricErrors({ statistic: Stats.SUM, label: 'errors', color: Color.RED }),
          fn.metricThrottles({ statistic: Stats.SUM, label: 'throttled by Lambda', color: Color.ORANGE }),
        ],
      },
      {
        title: 'Duration (ms)',
        width: 8,
        lines: [
          fn.metricDuration({ statistic: Stats.AVERAGE, label: 'average' }),
          fn.metricDuration({ statistic: Stats.MAXIMUM, label: 'longest', color: Color.ORANGE }),
        ],
        marks: [{ value: sizing.timeoutInSeconds * 1000, label: 'time-out' }],
      },
      {
        title: 'Concurrency',
        width: 8,
        axis: { min: 0 },
        lines: [fn.metric('ConcurrentExecutions', { statistic: Stats.MAXIMUM, label: 'environments' })],
        marks: [{ value: sizing.maxConcurrency, label: 'maxConcurrency' }],
      },
    ],
  };
}
