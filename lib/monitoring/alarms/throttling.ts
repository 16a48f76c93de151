import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';
import { progressPeriod } from './patience.ts';

/**
 * Throttled calls in a hundred that are too many. The function slows down until some 6 in 100 are throttled
 * (lambda/core/rate.ts), so that is what lasting throttling looks like, however little is left of the quota. By itself, it
 * is hardly ever throttled.
 */
const TOO_MANY_PERCENT = 4;

/** How many periods are more than a passing moment. */
const LASTING_PERIODS = 3;

/** Throttling that lasts: the quota is less than `requestsPerSecond` says, or others use it too. */
export function throttlingAlarm(ingestion: UserIngestion): AlarmDefinition {
  const period = progressPeriod(ingestion.sizing);
  return {
    key: 'throttling',
    period,
    severity: 'canWait',
    metric: new MathExpression({
      label: 'Throttled calls (%)',
      expression: '100 * FILL(throttled, 0) / calls',
      usingMetrics: {
        throttled: ingestion.metric('ThrottledCalls'),
        calls: ingestion.metric('PutUsersCalls'),
      },
      period,
    }),
    threshold: TOO_MANY_PERCENT,
    periods: LASTING_PERIODS,
    meaning: `PutUsers keeps throttling more than ${TOO_MANY_PERCENT}% of the calls. Each such call is quota lost.`,
    firstStep: 'find out who else calls PutUsers on the dataset group.',
    runbookSection: 'Throttling',
  };
}
