import { Color } from 'aws-cdk-lib/aws-cloudwatch';
import { GraphWidgetType } from 'cdk-monitoring-constructs';
import { USERS_PER_CALL } from '../../../contract/dataset/put-users-limits.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { Section } from './section.ts';

/** What became of users, and how well calls were filled. */
export function usersSection(ingestion: UserIngestion): Section {
  return {
    heading: 'Users',
    description: 'Retried users come again. Rejected ones are in the dead-letter queue.',
    graphs: [
      {
        title: 'Users by what became of them',
        graphWidgetType: GraphWidgetType.STACKED_AREA,
        graphWidgetWidth: 16,
        metrics: [
          ingestion.metric('UsersDelivered', { label: 'delivered', color: Color.GREEN }),
          ingestion.metric('UsersSuperseded', { label: 'superseded', color: Color.GREY }),
          ingestion.metric('UsersRetried', { label: 'retried', color: Color.ORANGE }),
          ingestion.metric('UsersRejected', { label: 'rejected', color: Color.RED }),
        ],
      },
      {
        title: 'Users per call',
        graphWidgetWidth: 8,
        graphWidgetAxis: { min: 0, max: USERS_PER_CALL + 1 },
        metrics: [ingestion.metric('UsersPerCall', { label: 'users per call' })],
        horizontalAnnotations: [{ value: USERS_PER_CALL, label: 'a full call' }],
      },
    ],
  };
}
