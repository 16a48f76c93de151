import { Color, type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { USERS_PER_CALL } from '../../../contract/dataset/put-users-limits.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { zeroWhereMissing } from '../ingestion-metrics.ts';
import type { Section } from './section.ts';

/** What became of users, and how well calls were filled. */
export function usersSection(ingestion: UserIngestion): Section {
  const { sizing } = ingestion;
  return {
    heading: 'Users',
    description: 'Retried users come again. Rejected ones are in the dead-letter queue.',
    graphs: [
      {
        title: 'Arrivals and deliveries, by the minute',
        width: 9,
        axis: { min: 0 },
        lines: [
          perMinute('sent', 'messages sent', ingestion.metricMessagesSent()),
          perMinute('delivered', 'users delivered', ingestion.metricUsersDelivered()),
        ],
        marks: [{ value: 60 * USERS_PER_CALL * sizing.requestsPerSecond, label: 'users that the quota takes' }],
      },
      {
        title: 'Users by what became of them',
        stacked: true,
        width: 9,
        lines: [
          ingestion.metric('UsersDelivered', { label: 'delivered', color: Color.GREEN }),
          zeroWhereMissing(ingestion.metricUsersSuperseded({ label: 'superseded', color: Color.GREY })),
          zeroWhereMissing(ingestion.metricUsersRetried({ label: 'retried', color: Color.ORANGE })),
          ingestion.metricUsersRejected({ label: 'rejected', color: Color.RED }),
        ],
      },
      {
        title: 'Users per call',
        width: 6,
        axis: { min: 0, max: USERS_PER_CALL + 1 },
        lines: [ingestion.metric('UsersPerCall', { label: 'users per call' })],
        marks: [{ value: USERS_PER_CALL, label: 'a full call' }],
      },
    ],
  };
}

function perMinute(id: string, label: string, sum: IMetric): IMetric {
  return new MathExpression({ label, expression: `60 * ${id} / PERIOD(${id})`, usingMetrics: { [id]: sum } });
}
