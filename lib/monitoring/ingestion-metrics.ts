/** The metrics that the function publishes, as CloudWatch knows them. lambda/aws/telemetry.ts is where they come from. */
import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** The namespace of all metrics of ours. */
export const METRICS_NAMESPACE = 'PersonalizeUsers';

/** The value of the dimension `service`, which Powertools puts on every metric. */
export const SERVICE_NAME = 'personalize-users';

/** Each metric, and the statistic that makes sense of it. */
const STATISTICS = {
  /** Users that are in the dataset now. */
  UsersDelivered: Stats.SUM,
  /** Users of which a newer record was delivered in the same batch. */
  UsersSuperseded: Stats.SUM,
  /** Users whose dead letter is stored. */
  UsersRejected: Stats.SUM,
  /** Users that are to be received again. */
  UsersRetried: Stats.SUM,
  /** Attempts at PutUsers, each of which spends the quota. */
  PutUsersCalls: Stats.SUM,
  /** Attempts that PutUsers throttled. */
  ThrottledCalls: Stats.SUM,
  /** Users in a call, 1 to 10. */
  UsersPerCall: Stats.AVERAGE,
  /** How old the oldest message of a batch was when the batch was begun, in milliseconds. */
  OldestMessageAge: Stats.MAXIMUM,
} as const;

/** The name of a metric of the function. `DeadLetters` is apart: it has the dimension `ErrorCode` as well. */
export type IngestionMetricName = keyof typeof STATISTICS;

/** The metric of dead letters by reason. Its dimension `ErrorCode` has a value for each reason that occurred. */
export const DEAD_LETTERS_METRIC = 'DeadLetters';

/** The dimensions of the metrics of one deployment: its function is what tells it from others in the account and region. */
export function ingestionDimensions(functionName: string) {
  return { service: SERVICE_NAME, function_name: functionName };
}

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
