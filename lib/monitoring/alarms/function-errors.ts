import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { UserIngestion } from '../../user-ingestion.ts';
import type { AlarmDefinition } from './alarm-definition.ts';

/**
 * Any failed invocation. The function reports what goes wrong and never throws, so a failure is a crash, a time-out, too
 * little memory or a start that failed: none of them is a part of a healthy day.
 */
export function functionErrorsAlarm(ingestion: UserIngestion): AlarmDefinition {
  return {
    name: 'FunctionErrors',
    metric: ingestion.function.metricErrors({ statistic: Stats.SUM, period: Duration.minutes(5) }),
    threshold: 0,
    periods: 1,
    meaning: 'The function crashed, ran out of time or memory, or did not start. Its messages are received again.',
    firstStep: 'run the saved query "Crashes", which shows the last lines before each.',
    runbookSection: 'Function errors',
  };
}
