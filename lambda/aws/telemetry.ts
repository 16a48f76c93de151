/** What the function tells about its work: counts and names of errors, never a userId or a property. */
import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Summary } from '../core/summary.ts';

/** Writes one line for each message that had something dead-lettered, one for the invocation, and its metrics. */
export function report(summary: Summary, logger: Logger, metrics: Metrics): void {
  const { rejectedMessages, ...counts } = summary;
  for (const { messageId, errors } of rejectedMessages) logger.warn('Message rejected', { messageId, errors });
  if (Object.keys(summary.deadLetterErrors).length > 0) {
    logger.error('Dead letters could not be sent; their messages are retried', { errors: summary.deadLetterErrors });
  }
  if (Object.keys(summary.visibilityErrors).length > 0) {
    logger.warn('Back-off could not be set; the visibility timeout holds', { errors: summary.visibilityErrors });
  }
  logger.info('Batch settled', { ...counts, usersPerCall: usersPerCall(summary) });

  const { users, calls, oldestAgeInMilliseconds } = summary;
  metrics.addMetric('UsersDelivered', MetricUnit.Count, users.delivered);
  metrics.addMetric('UsersSuperseded', MetricUnit.Count, users.superseded);
  metrics.addMetric('UsersRejected', MetricUnit.Count, users.rejected);
  metrics.addMetric('UsersRetried', MetricUnit.Count, users.retried);
  metrics.addMetric('PutUsersCalls', MetricUnit.Count, calls.calls);
  metrics.addMetric('ThrottledCalls', MetricUnit.Count, calls.throttledCalls);
  if (calls.calls > 0) metrics.addMetric('UsersPerCall', MetricUnit.Count, usersPerCall(summary));
  metrics.addMetric('OldestMessageAge', MetricUnit.Milliseconds, Math.max(0, oldestAgeInMilliseconds));
  metrics.publishStoredMetrics();
}

function usersPerCall({ calls: { calls, usersCalled } }: Summary): number {
  return calls === 0 ? 0 : usersCalled / calls;
}
