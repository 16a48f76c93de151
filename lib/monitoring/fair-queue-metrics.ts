/**
 * What CloudWatch knows of message groups on a standard queue: how many are noisy, and what waits in the others.
 * Source: SQS developer guide, "Fair queues and CloudWatch metrics". Whether SQS publishes them while no message has a group is not
 * documented, so nothing may depend on their being there.
 */
import { type Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';

const metric =
  (metricName: string) =>
  (queue: IQueue, options?: MetricOptions): Metric =>
    queue.metric(metricName, { statistic: Stats.MAXIMUM, ...options });

/** Message groups that are noisy: sources with a backlog. */
export const noisyGroups = metric('ApproximateNumberOfNoisyGroups');

/** Messages that wait, without those of noisy groups. */
export const messagesInQuietGroups = metric('ApproximateNumberOfMessagesVisibleInQuietGroups');

/** The age of the oldest message, without those of noisy groups, in seconds. */
export const ageInQuietGroups = metric('ApproximateAgeOfOldestMessageInQuietGroups');
