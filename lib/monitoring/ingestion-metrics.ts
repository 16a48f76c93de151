/** The metrics that the function publishes, as CloudWatch knows them. lambda/aws/telemetry.ts is where they come from. */
import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { type IngestionMetricName, ingestionDimensions, METRICS_NAMESPACE } from '../../contract/deployment/metrics.ts';

/** Each metric, and the statistic that makes sense of it. */
const STATISTICS = {
  UsersDelivered: Stats.SUM,
  UsersSuperseded: Stats.SUM,
  UsersRejected: Stats.SUM,
  UsersRetried: Stats.SUM,
  PutUsersCalls: Stats.SUM,
  ThrottledCalls: Stats.SUM,
  UsersPerCall: Stats.AVERAGE,
  InternalErrors: Stats.SUM,
  OldestMessageAge: Stats.MAXIMUM,
} as const satisfies Record<IngestionMetricName, string>;

/** A metric of a deployment's function, over 5 minutes and by its natural statistic unless told otherwise. */
export function ingestionMetric(
  functionName: string,
  metricName: IngestionMetricName,
  options: MetricOptions = {},
): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: ingestionDimensions(functionName),
    statistic: STATISTICS[metricName],
    period: Duration.minutes(5),
    ...options,
  });
}
