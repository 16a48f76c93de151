/** The metrics that the function publishes, as CloudWatch knows them. lambda/aws/telemetry.ts is where they come from. */
import { Duration } from 'aws-cdk-lib';
import {
  type IMetric,
  MathExpression,
  type MathExpressionOptions,
  Metric,
  type MetricOptions,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { IConstruct } from 'constructs';
import { USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';
import {
  DEAD_LETTERS_METRIC,
  ERROR_CODE_DIMENSION,
  type IngestionMetricName,
  ingestionDimensions,
  METRICS_NAMESPACE,
} from '../../contract/deployment/metrics.ts';
import type { Sizing } from '../sizing.ts';

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

/** A metric that batches leave out when it is 0, as a line that is 0 then. */
export function zeroWhereMissing(metric: Metric): IMetric {
  const id = `m${metric.metricName}`;
  return new MathExpression({
    expression: `FILL(${id}, 0)`,
    usingMetrics: { [id]: metric },
    label: metric.label ?? metric.metricName,
    ...(metric.color && { color: metric.color }),
    period: metric.period,
  });
}

/** Dead letters with a reason, over 5 minutes. */
export function deadLettersByReason(functionName: string, errorCode: string, options: MetricOptions = {}): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: DEAD_LETTERS_METRIC,
    dimensionsMap: { ...ingestionDimensions(functionName), [ERROR_CODE_DIMENSION]: errorCode },
    statistic: Stats.SUM,
    period: Duration.minutes(5),
    ...options,
  });
}

/** What is measured of a pipeline. */
interface Measured extends IConstruct {
  readonly queue: IQueue;
  readonly sizing: Sizing;
  metric(name: IngestionMetricName, options?: MetricOptions): Metric;
}

/** Calls in a hundred of those that the quota allows. */
export function quotaUsed(ingestion: Measured, options: MathExpressionOptions = {}): IMetric {
  const calls = idFor('calls', ingestion);
  return new MathExpression({
    label: 'quota used',
    expression: `100 * ${calls} / PERIOD(${calls}) / ${ingestion.sizing.requestsPerSecond}`,
    usingMetrics: { [calls]: ingestion.metric('PutUsersCalls') },
    ...options,
  });
}

/** How long what is in the queue takes at the quota, in minutes, if messages have as many users as they may. */
export function timeToDrain(ingestion: Measured, options: MathExpressionOptions = {}): IMetric {
  const { queue, sizing } = ingestion;
  const [waiting, hidden] = [idFor('waiting', ingestion), idFor('hidden', ingestion)];
  const usersPerMinute = 60 * sizing.requestsPerSecond * USERS_PER_CALL;
  return new MathExpression({
    label: `at usersPerMessage ${sizing.usersPerMessage}`,
    expression: `(${waiting} + ${hidden}) * ${sizing.usersPerMessage} / ${usersPerMinute}`,
    usingMetrics: {
      [waiting]: queue.metricApproximateNumberOfMessagesVisible(),
      [hidden]: queue.metricApproximateNumberOfMessagesNotVisible(),
    },
    ...options,
  });
}

/** In one graph, the metrics of several pipelines have ids of their own. */
function idFor(name: string, { node }: IConstruct): string {
  return `${name}${node.addr.slice(-8)}`;
}
