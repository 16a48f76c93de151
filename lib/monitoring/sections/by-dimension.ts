/** A graph's lines for a metric that has one for each value of a dimension, whichever values occur. */
import { type CustomMetricSearch, MetricStatistic } from 'cdk-monitoring-constructs';
import { ingestionDimensions, METRICS_NAMESPACE } from '../../../contract/deployment/metrics.ts';

/** The sums of a metric of one deployment, by a dimension. */
export function sumsByDimension(functionName: string, metricName: string, dimension: string): CustomMetricSearch {
  return {
    searchQuery: `MetricName="${metricName}"`,
    namespace: METRICS_NAMESPACE,
    // The library takes a dimension without a value for one of any value, and its type does not say so.
    dimensionsMap: { ...ingestionDimensions(functionName), [dimension]: undefined as unknown as string },
    statistic: MetricStatistic.SUM,
    // CloudWatch fills it in. Source: CloudWatch user guide, dynamic labels.
    label: `\${PROP('Dim.${dimension}')}`,
  };
}
