import { Color } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import { zeroWhereMissing } from '../ingestion-metrics.ts';
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
        width: 12,
        axis: { min: 0 },
        lines: [ingestion.metricQuotaUsed()],
        marks: [{ value: 100, label: 'all of it' }],
      },
      {
        title: 'PutUsers calls',
        width: 12,
        lines: [
          ingestion.metric('PutUsersCalls', { label: 'calls', color: Color.BLUE }),
          zeroWhereMissing(ingestion.metricThrottledCalls({ label: 'throttled', color: Color.RED })),
        ],
      },
    ],
  };
}
