/** What an alarm is, before there is one: when it fires, and what whoever hears of it is to do first. */
import { type Duration, Token } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { SettingError } from '../../setting.ts';
import type { AlarmKey, AlarmSettings, AlarmSeverity } from './alarm-settings.ts';
import { LONGEST_LOOK_BACK_IN_SECONDS } from './patience.ts';

/** An alarm. It fires when enough of its last periods are above the threshold; a period without data is not. */
export interface AlarmDefinition {
  /** Its name in settings. Its name in CloudWatch ends in the same, with a capital. */
  readonly key: AlarmKey;
  /** A metric, or metric math, whose period is that of all metrics in it, whatever their own. Source: CDK, `MathExpressionProps`. */
  readonly metric: IMetric;
  /** Of the metric. */
  readonly period: Duration;
  readonly threshold: number;
  /** Periods of the metric that must be above the threshold. */
  readonly periods: number;
  /**
   * Out of so many last ones: the alarm is over only when fewer of them are above.
   * @default as many: one after the other
   */
  readonly outOf?: number;
  readonly severity: AlarmSeverity;
  /** What is the matter, in a sentence. */
  readonly meaning: string;
  /** What to do first, in a sentence. */
  readonly firstStep: string;
  /** The heading of its section in docs/operations.md. */
  readonly runbookSection: string;
}

/** The end of the alarm's name. */
export function nameOf({ key }: Pick<AlarmDefinition, 'key'>): string {
  return `${key[0]!.toUpperCase()}${key.slice(1)}`;
}

const SEVERITIES: readonly AlarmSeverity[] = ['urgent', 'canWait'];

/**
 * The alarm as it was asked for.
 *
 * @throws SettingError for what CloudWatch would not take
 */
export function adjusted(definition: AlarmDefinition, settings: AlarmSettings = {}): AlarmDefinition {
  const { key, periods, outOf = periods } = definition;
  const { threshold = definition.threshold, severity = definition.severity, patience } = settings;
  if (!Token.isUnresolved(threshold) && !Number.isFinite(threshold)) {
    throw new SettingError('alarms', `alarms.${key}.threshold takes a number, but got ${threshold}.`);
  }
  if (!SEVERITIES.includes(severity)) {
    throw new SettingError(
      'alarms',
      `alarms.${key}.severity takes ${SEVERITIES.join(' or ')}, but got ${JSON.stringify(severity)}.`,
    );
  }
  if (patience === undefined) return { ...definition, threshold, severity };
  const [wait, period] = [patience.toSeconds(), definition.period.toSeconds()];
  const waits = Math.ceil(wait / period);
  if (waits < 1 || waits * period > LONGEST_LOOK_BACK_IN_SECONDS) {
    throw new SettingError(
      'alarms',
      `alarms.${key}.patience takes more than 0 s and at most a day, but got ${wait} s.`,
    );
  }
  return { ...definition, threshold, severity, periods: waits, outOf: Math.max(waits, outOf > periods ? outOf : 0) };
}

/**
 * Makes the alarm.
 *
 * @param alarmName - its whole name
 * @param topic - hears when it begins and when it is over
 */
export function createAlarm(scope: Construct, definition: AlarmDefinition, alarmName: string, topic: ITopic): Alarm {
  const { metric, threshold, periods, outOf = periods } = definition;
  const alarm = new Alarm(scope, nameOf(definition), {
    alarmName,
    alarmDescription: description(definition),
    metric,
    threshold,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    datapointsToAlarm: periods,
    evaluationPeriods: outOf,
    treatMissingData: TreatMissingData.NOT_BREACHING,
    actionsEnabled: true,
  });
  alarm.addAlarmAction(new SnsAction(topic));
  alarm.addOkAction(new SnsAction(topic));
  return alarm;
}

function description({ meaning, firstStep, runbookSection }: AlarmDefinition): string {
  return `${meaning} First: ${firstStep} Then: docs/operations.md, "${runbookSection}".`;
}
