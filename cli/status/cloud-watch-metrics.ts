import {
  CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { type IngestionMetricName, ingestionDimensions, METRICS_NAMESPACE } from '../../contract/deployment/metrics.ts';
import { explainAwsError } from '../aws/explain-error.ts';
import { reached } from '../aws/reached.ts';
import { clientSettings } from '../stack-target.ts';
import type { AwsTarget } from '../target.ts';
import type { MetricsReader, PipelineMetrics } from './metrics.ts';

/** How many users the function has delivered. */
const DELIVERED: IngestionMetricName = 'UsersDelivered';
/** How old the oldest message of a batch was. */
const OLDEST: IngestionMetricName = 'OldestMessageAge';

/** Metrics are of whole minutes. */
const PERIOD_IN_SECONDS = 60;
/** The rate is an average of so many minutes. The newest ones are not complete yet: CloudWatch is some behind. */
const RATE_PERIODS = 5;
const INCOMPLETE_PERIODS = 2;
/** Nothing new comes more often, and each read is billed. */
const FRESH_FOR_IN_MILLISECONDS = 30_000;

/**
 * Reads a stack's metrics from CloudWatch. Where that fails they are unknown, for the queues can tell the rest.
 *
 * @param warn - is told once why they are unknown
 */
export function createCloudWatchMetrics(target: AwsTarget, warn: (text: string) => void): MetricsReader {
  const client = reached(new CloudWatchClient({ ...clientSettings(target.place), maxAttempts: 3 }));
  let last: { readonly at: number; readonly metrics: PipelineMetrics } | undefined;
  let hasWarned = false;
  return {
    async read() {
      if (last && performance.now() - last.at < FRESH_FOR_IN_MILLISECONDS) return last.metrics;
      const metrics = await readMetrics(client, target).catch((error: unknown) => {
        const explanation = explainAwsError(error);
        if (!explanation) throw error;
        if (!hasWarned) warn(`Age and delivery rate are unknown. ${explanation.message}`);
        hasWarned = true;
        return UNKNOWN;
      });
      last = { at: performance.now(), metrics };
      return metrics;
    },
    close: () => client.destroy(),
  };
}

const UNKNOWN: PipelineMetrics = { oldestAgeInSeconds: undefined, deliveredPerSecond: undefined };

async function readMetrics(client: CloudWatchClient, target: AwsTarget): Promise<PipelineMetrics> {
  const now = Math.floor(Date.now() / 1000 / PERIOD_IN_SECONDS) * PERIOD_IN_SECONDS;
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date((now - (RATE_PERIODS + INCOMPLETE_PERIODS) * PERIOD_IN_SECONDS) * 1000),
      EndTime: new Date(now * 1000),
      // The newest first.
      ScanBy: 'TimestampDescending',
      MetricDataQueries: queriesFor(target),
    }),
  );
  const resultOf = (id: string) => MetricDataResults.find(({ Id }) => Id === id);
  const values = (id: string) => resultOf(id)?.Values ?? [];
  return {
    oldestAgeInSeconds: oldestOf(values('age')[0], recent(resultOf('own'), now)),
    quietAgeInSeconds: values('quiet')[0],
    noisySources: values('noisy')[0],
    deliveredPerSecond: rateOf(values('delivered')),
  };
}

/**
 * SQS leaves out what was received three times or more. What the function says of its batches has it, in milliseconds, while batches run.
 * Source: SQS developer guide, ApproximateAgeOfOldestMessage.
 */
function oldestOf(inSeconds: number | undefined, inMilliseconds: number | undefined): number | undefined {
  if (inMilliseconds === undefined) return inSeconds;
  return Math.max(inSeconds ?? 0, inMilliseconds / 1000);
}

/** The newest value, unless it is of a batch that has been over for longer than CloudWatch is behind. */
function recent({ Values = [], Timestamps = [] }: MetricDataResult = {}, nowInSeconds: number): number | undefined {
  const [value, time] = [Values[0], Timestamps[0]];
  if (value === undefined || time === undefined) return undefined;
  return nowInSeconds - time.getTime() / 1000 <= (INCOMPLETE_PERIODS + 1) * PERIOD_IN_SECONDS ? value : undefined;
}

/** No value at all is a function that was not invoked. */
function rateOf(newestFirst: readonly number[]): number {
  const counted = newestFirst.slice(0, RATE_PERIODS);
  return counted.reduce((total, count) => total + count, 0) / (RATE_PERIODS * PERIOD_IN_SECONDS);
}

function queriesFor({ queueArn, outputs }: AwsTarget): MetricDataQuery[] {
  const queueName = queueArn.slice(queueArn.lastIndexOf(':') + 1);
  const queries = [query('age', 'Maximum', 'AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: queueName })];
  // Source: SQS developer guide, "Fair queues and CloudWatch metrics". A FIFO queue has none.
  if (!queueName.endsWith('.fifo')) {
    const dimensions = { QueueName: queueName };
    queries.push(
      query('quiet', 'Maximum', 'AWS/SQS', 'ApproximateAgeOfOldestMessageInQuietGroups', dimensions),
      query('noisy', 'Maximum', 'AWS/SQS', 'ApproximateNumberOfNoisyGroups', dimensions),
    );
  }
  const { FunctionName } = outputs;
  if (FunctionName) {
    const dimensions = ingestionDimensions(FunctionName);
    queries.push(
      query('delivered', 'Sum', METRICS_NAMESPACE, DELIVERED, dimensions),
      query('own', 'Maximum', METRICS_NAMESPACE, OLDEST, dimensions),
    );
  }
  return queries;
}

function query(
  Id: string,
  Stat: 'Maximum' | 'Sum',
  Namespace: string,
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  return { Id, MetricStat: { Stat, Period: PERIOD_IN_SECONDS, Metric: { Namespace, MetricName, Dimensions } } };
}
