/** A graph's lines for a metric that has one for each value of a dimension, whichever values occur. */
import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { ingestionDimensions, METRICS_NAMESPACE } from '../../../contract/deployment/metrics.ts';

const PERIOD = Duration.minutes(5);

/** The sums of a metric of one deployment, by a dimension. Source: CloudWatch user guide, search expressions and dynamic labels. */
export function sumsByDimension(functionName: string, metricName: string, dimension: string): IMetric {
  const ours = Object.entries(ingestionDimensions(functionName));
  const schema = [METRICS_NAMESPACE, ...ours.map(([name]) => name), dimension].map(quoted).join(',');
  const terms = [
    ...ours.map(([name, value]) => `${quoted(name)}=${quoted(value)}`),
    `MetricName=${quoted(metricName)}`,
  ];
  return new MathExpression({
    expression: `SEARCH('{${schema}} ${terms.join(' ')}', 'Sum', ${PERIOD.toSeconds()})`,
    usingMetrics: {},
    label: `\${PROP('Dim.${dimension}')}`,
    period: PERIOD,
  });
}

function quoted(text: string): string {
  return `"${text}"`;
}
