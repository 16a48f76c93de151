import { Color, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { Section } from './section.ts';

/** How much of the PutUsers quota is used, and how much of that is throttled. */
export function quotaSection(ingestion: UserIngestion): Section {
  const { requestsPerSecond } = ingestion.sizing;
  return {
    heading: 'Quota',
    description: `All of it is \`requestsPerSecond\`, ${requestsPerSecond} calls a second. A backlog should use nearly all.`,
    graphs: [
      {
        title: 'Quota used (%)',
        graphWidgetWidth: 12,
        graphWidgetAxis: { min: 0 },
        metrics: [
          new MathExpression({
            label: 'quota used',
            expression: `100 * calls / PERIOD(calls) / ${requestsPerSecond}`,
            usingMetrics: { calls: ingestion.metric('PutUsersCalls') },
          }),
        ],
        horizontalAnnotations: [{ value: 100, label: 'all of it' }],
      },
      {
        title: 'PutUsers calls',
        graphWidgetWidth: 12,
        metrics: [
          ingestion.metric('PutUsersCalls', { label: 'calls', color: Color.BLUE }),
          ingestion.metric('ThrottledCalls', { label: 'throttled', color: Color.RED }),
        ],
      },
    ],
  };
}
