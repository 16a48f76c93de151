import { Color, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Operation } from 'aws-cdk-lib/aws-dynamodb';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { Section } from './section.ts';

/** How the table of versions does; nothing without the order guard. */
export function orderSection({ orderTable }: UserIngestion): Section | undefined {
  if (!orderTable) return undefined;
  return {
    heading: 'Order',
    description: 'Two writes a user. While the table is slow or throttled, users are retried (OrderTableUnavailable).',
    graphs: [
      {
        title: 'Writes to the table of versions',
        width: 12,
        lines: [
          orderTable.metricConsumedWriteCapacityUnits({ statistic: Stats.SUM, label: 'writes', color: Color.BLUE }),
          orderTable.metricThrottledRequestsForOperation(Operation.UPDATE_ITEM, {
            statistic: Stats.SUM,
            label: 'throttled',
            color: Color.ORANGE,
          }),
        ],
      },
      {
        title: 'How long a write takes (ms)',
        width: 12,
        lines: [
          orderTable.metricSuccessfulRequestLatency({
            dimensionsMap: { TableName: orderTable.tableName, Operation: Operation.UPDATE_ITEM },
            statistic: Stats.percentile(99),
            label: '99th percentile',
          }),
        ],
      },
    ],
  };
}
