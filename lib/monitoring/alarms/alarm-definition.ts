/** What an alarm is, before there is one: when it fires, and what whoever hears of it is to do first. */
import { ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmFactory, AlarmWithAnnotation, MetricWithAlarmSupport } from 'cdk-monitoring-constructs';

/** An alarm. It fires when every one of its last periods is above the threshold; a period without data is not. */
export interface AlarmDefinition {
  /** The end of the alarm's name. */
  readonly name: string;
  /** A metric, or metric math. */
  readonly metric: MetricWithAlarmSupport;
  readonly threshold: number;
  /** Periods of the metric that must be above the threshold, one after the other. */
  readonly periods: number;
  /** What is the matter, in a sentence. */
  readonly meaning: string;
  /** What to do first, in a sentence. */
  readonly firstStep: string;
  /** The heading of its section in docs/operations.md. */
  readonly runbookSection: string;
}

/** Makes the alarm. */
export function addAlarm(factory: AlarmFactory, definition: AlarmDefinition): AlarmWithAnnotation {
  return factory.addAlarm(definition.metric, {
    alarmNameSuffix: definition.name,
    alarmDescription: description(definition),
    threshold: definition.threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: definition.periods,
    evaluationPeriods: definition.periods,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

function description({ meaning, firstStep, runbookSection }: AlarmDefinition): string {
  return `${meaning} First: ${firstStep} Then: docs/operations.md, "${runbookSection}".`;
}
