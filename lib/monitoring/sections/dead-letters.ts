import { Color } from 'aws-cdk-lib/aws-cloudwatch';
import { DEAD_LETTERS_METRIC, ERROR_CODE_DIMENSION } from '../../../contract/deployment/metrics.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { sumsByDimension } from './by-dimension.ts';
import type { Section } from './section.ts';

/** What is in the dead-letter queue, and why it came there. */
export function deadLettersSection(ingestion: UserIngestion): Section {
  return {
    heading: 'Dead letters',
    description: 'Letters without a reason were moved by the queue, because the function crashed on them.',
    graphs: [
      {
        title: 'Dead letters in the queue',
        width: 12,
        lines: [ingestion.metricDeadLetters({ label: 'dead letters', color: Color.RED })],
      },
      {
        title: 'New dead letters by ErrorCode',
        stacked: true,
        width: 12,
        lines: [sumsByDimension(ingestion.function.functionName, DEAD_LETTERS_METRIC, ERROR_CODE_DIMENSION)],
      },
    ],
  };
}
