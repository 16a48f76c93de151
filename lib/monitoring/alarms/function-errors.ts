import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';

/**
 * Any failed invocation. The function reports what goes wrong and never throws, so a failure is a crash, a time-out, too
 * little memory or a start that failed; a defect that struck single messages is told by the function itself. None of them is
 * a part of a healthy day.
 */
export function functionErrorsAlarm(ingestion: UserIngestion): AlarmDefinition {
  const period = Duration.minutes(5);
  return {
    key: 'functionErrors',
    period,
    severity: 'canWait',
    metric: new MathExpression({
      label: 'Failed invocations and defects',
      expression: 'FILL(failed, 0) + FILL(defects, 0)',
      usingMetrics: {
        failed: ingestion.function.metricErrors(),
        defects: ingestion.metric('InternalErrors'),
      },
      period,
    }),
    threshold: 0,
    periods: 1,
    meaning:
      'The function crashed, ran out of time or memory, did not start, or has a defect. Its messages are received again.',
    firstStep:
      'run the saved query "Crashes", which shows the last lines before each; if it finds none, "What went wrong" has the defect.',
    runbookSection: 'Function errors',
  };
}
