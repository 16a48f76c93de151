/** The table of versions, with the order guard. */
import { type Finding, failed, findingOf, warning } from '../finding.ts';

/** Of DescribeTable and DescribeTimeToLive. */
export interface TableState {
  readonly name: string;
  readonly status: string | undefined;
  /** ENABLED or not; undefined if it could not be read. */
  readonly timeToLive: string | undefined;
}

export const ORDER_TABLE = 'Order table';

export function checkOrderTable({ name, status, timeToLive }: TableState): Finding {
  return findingOf(
    ORDER_TABLE,
    [
      // While it is updated it takes reads and writes. Source: DynamoDB API reference, TableDescription.
      status === 'ACTIVE' || status === 'UPDATING'
        ? undefined
        : failed(
            `The table ${name} is ${status ?? 'in an unknown state'}: nothing is delivered.`,
            'Restore it, or deploy without orderGuard.',
          ),
      timeToLive === undefined || /^ENABL/.test(timeToLive)
        ? undefined
        : warning('What it remembers is never forgotten: its time to live is off.', 'Deploy the stack again.'),
    ],
    `The table ${name} is there, and forgets after 100 days.`,
  );
}
