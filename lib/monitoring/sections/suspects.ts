import {
  MISFIT_DIMENSION,
  SUSPECTS_REFUSED_METRIC,
  SUSPECTS_TAKEN_METRIC,
} from '../../../contract/deployment/metrics.ts';
import type { UserIngestion } from '../../user-ingestion.ts';
import { sumsByDimension } from './by-dimension.ts';
import type { Section } from './section.ts';

/** What PutUsers made of users that may not fit the dataset's schema, if any are called. */
export function suspectsSection({ dataset, function: fn }: UserIngestion): Section | undefined {
  if (dataset?.check !== 'certain' && dataset?.check !== 'separate') return undefined;
  const graph = (title: string, metricName: string) => ({
    title,
    stacked: true,
    width: 12,
    lines: [sumsByDimension(fn.functionName, metricName, MISFIT_DIMENSION)],
  });
  return {
    heading: 'Users that may not fit the schema',
    description: `\`schemaCheck\` is ${dataset.check}. What PutUsers takes and refuses of each kind tells whether that is right.`,
    graphs: [
      graph('Taken by PutUsers, by misfit', SUSPECTS_TAKEN_METRIC),
      graph('Refused by PutUsers, by misfit', SUSPECTS_REFUSED_METRIC),
    ],
  };
}
