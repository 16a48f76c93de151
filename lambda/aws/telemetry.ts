/** What the function tells about its work: counts and names of errors, never a userId or a property. */

import type { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import {
  DEAD_LETTERS_METRIC,
  ERROR_CODE_DIMENSION,
  type IngestionMetricName,
  MISFIT_DIMENSION,
  type OccasionalMetricName,
  SUSPECTS_REFUSED_METRIC,
  SUSPECTS_TAKEN_METRIC,
} from '../../contract/deployment/metrics.ts';
import type { DeliveryStatistics } from '../core/call-group.ts';
import type { Defect } from '../core/defects.ts';
import type { Summary, Tally } from '../core/summary.ts';
import { metricErrorCode } from './metric-error-code.ts';

/**
 * Makes what metrics are published with. They carry the function's name as the dimension `function_name`, as Powertools
 * calls it, so that two deployments in one account and region are told apart.
 *
 * @param functionName - Lambda's own variable, `AWS_LAMBDA_FUNCTION_NAME`
 */
export function createMetrics(functionName: string | undefined): Metrics {
  return new Metrics(functionName === undefined ? {} : { defaultDimensions: { function_name: functionName } });
}

/**
 * Writes the metrics of a batch, which are a line of the log. Besides, there is a line for each message that had something dead-lettered, and
 * one for the batch if not all of it was delivered; with the level DEBUG, for any batch. A batch that went well has its metrics alone, since
 * small batches are many, and logs are what they cost.
 */
export function report(summary: Summary, logger: Logger, metrics: Metrics): void {
  writeLogs(summary, logger);
  publishCounts(summary, metrics);
  publishDeadLetters(summary.deadLetterReasons, metrics);
  publishSuspects(summary.calls.suspects, metrics);
}

/** Writes a line for each defect, and counts them, where there is no summary of the batch. */
export function reportDefects(defects: readonly Defect[], logger: Logger, metrics: Metrics): void {
  logDefects(defects, logger);
  metrics.addMetric('InternalErrors', MetricUnit.Count, internalErrors(defects));
  metrics.publishStoredMetrics();
}

function logDefects(defects: readonly Defect[], logger: Logger): void {
  for (const defect of defects) logger.error('Defect of the function; its messages are retried', { ...defect });
}

function writeLogs(summary: Summary, logger: Logger): void {
  const { rejectedMessages, defects, ...counts } = summary;
  for (const { messageId, errors } of rejectedMessages) logger.warn('Message rejected', { messageId, errors });
  logDefects(defects, logger);
  if (Object.keys(summary.deadLetterErrors).length > 0) {
    logger.error('Dead letters could not be sent; their messages are retried', { errors: summary.deadLetterErrors });
  }
  if (Object.keys(summary.visibilityErrors).length > 0) {
    logger.warn('Back-off could not be set; the visibility timeout holds', { errors: summary.visibilityErrors });
  }
  const level = summary.retriedMessages > 0 || rejectedMessages.length > 0 ? 'info' : 'debug';
  logger[level]('Batch settled', { ...withoutEmpty(counts), usersPerCall: usersPerCall(summary) });
}

/** Tallies of what did not happen say nothing, in a line that is written for every batch. */
function withoutEmpty(counts: object): Record<string, unknown> {
  const isEmpty = (value: unknown) => value instanceof Object && Object.keys(value).length === 0;
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => !isEmpty(value)));
}

function publishCounts(summary: Summary, metrics: Metrics): void {
  const { users, calls, oldestAgeInMilliseconds } = summary;
  const add = (name: IngestionMetricName, unit: Parameters<Metrics['addMetric']>[1], value: number) =>
    metrics.addMetric(name, unit, value);
  const addIfAny = (name: OccasionalMetricName, count: number) => {
    if (count > 0) add(name, MetricUnit.Count, count);
  };
  add('UsersDelivered', MetricUnit.Count, users.delivered);
  addIfAny('UsersSuperseded', users.superseded);
  add('UsersRejected', MetricUnit.Count, users.rejected);
  addIfAny('UsersRetried', users.retried);
  add('PutUsersCalls', MetricUnit.Count, calls.calls);
  addIfAny('ThrottledCalls', calls.throttledCalls);
  if (calls.calls > 0) add('UsersPerCall', MetricUnit.Count, usersPerCall(summary));
  add('InternalErrors', MetricUnit.Count, internalErrors(summary.defects));
  add('OldestMessageAge', MetricUnit.Milliseconds, Math.max(0, oldestAgeInMilliseconds));
  metrics.publishStoredMetrics();
}

/** One line for each reason: a line of the embedded metric format has one value of a dimension. */
function publishDeadLetters(reasons: Tally, metrics: Metrics): void {
  const counts = new Map<string, number>();
  for (const [name, count] of Object.entries(reasons)) {
    const code = metricErrorCode(name);
    counts.set(code, (counts.get(code) ?? 0) + count);
  }
  for (const [code, count] of counts) {
    metrics.addDimension(ERROR_CODE_DIMENSION, code);
    metrics.addMetric(DEAD_LETTERS_METRIC, MetricUnit.Count, count);
    metrics.publishStoredMetrics();
  }
}

/** One line for each kind, with both counts. */
function publishSuspects(suspects: DeliveryStatistics['suspects'], metrics: Metrics): void {
  for (const [kind, { delivered, rejected }] of Object.entries(suspects ?? {})) {
    metrics.addDimension(MISFIT_DIMENSION, kind);
    metrics.addMetric(SUSPECTS_TAKEN_METRIC, MetricUnit.Count, delivered);
    metrics.addMetric(SUSPECTS_REFUSED_METRIC, MetricUnit.Count, rejected);
    metrics.publishStoredMetrics();
  }
}

function internalErrors(defects: readonly Defect[]): number {
  return defects.reduce((count, { messageIds }) => count + Math.max(1, messageIds.length), 0);
}

function usersPerCall({ calls: { calls, usersCalled } }: Summary): number {
  return calls === 0 ? 0 : usersCalled / calls;
}
