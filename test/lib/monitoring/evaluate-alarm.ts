/**
 * Evaluates an alarm of a synthesized template over metrics that somebody made up or simulated, as CloudWatch would:
 * periods, statistics, metric math, missing data, datapoints to alarm. Source: CloudWatch user guide, evaluating an alarm.
 */
import type { Template } from 'aws-cdk-lib/assertions';
import { readExpression } from './metric-math.ts';

/** What was published of a metric, a value for each minute; undefined for a minute without any. */
export type Series = readonly (number | undefined)[];

/**
 * All series, as long as each other, by the names of their metrics: `UsersDelivered` for those of the function, with the
 * queue before it for those of a queue, as in `UsersQueue.ApproximateAgeOfOldestMessage`.
 */
export type SeriesByName = Readonly<Record<string, Series>>;

/** An alarm's properties in a template, as far as they are read. */
export interface AlarmProperties {
  readonly AlarmName: string;
  readonly Threshold: number;
  readonly ComparisonOperator: string;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: string;
  readonly Metrics?: readonly MetricQuery[];
}

interface MetricQuery {
  readonly Id: string;
  readonly ReturnData?: boolean;
  readonly Expression?: string;
  readonly MetricStat?: MetricStat;
}

interface MetricStat {
  readonly Metric: {
    readonly Namespace: string;
    readonly MetricName: string;
    readonly Dimensions: readonly Dimension[];
  };
  readonly Period: number;
  readonly Stat: string;
}

interface Dimension {
  readonly Name: string;
  /** Often an intrinsic function. */
  readonly Value: unknown;
}

/** An alarm of a single metric has it among its own properties. */
type SingleMetric = MetricStat['Metric'] & { readonly Period: number; readonly Statistic: string };

/** The alarms of a template, by the ends of their names. */
export function alarmsOfTemplate(template: Template): ReadonlyMap<string, AlarmProperties> {
  const alarms = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
  return new Map(alarms.map(({ Properties }) => [Properties.AlarmName.split('-').at(-1), Properties]));
}

/**
 * When an alarm is on.
 *
 * @returns the minutes at whose end it fires, each the end of a period; those in which it stays on are not among them
 * @throws Error for a metric that has no series, and whatever else of an alarm is not known here
 */
export function firesAt(alarm: AlarmProperties, series: SeriesByName): readonly number[] {
  const states = evaluateAlarm(alarm, series);
  return states.filter(({ on }, index) => on && !states[index - 1]?.on).map(({ minute }) => minute);
}

/** Whether an alarm is on at the end of each of its periods. */
export function evaluateAlarm(
  alarm: AlarmProperties,
  series: SeriesByName,
): readonly { readonly minute: number; readonly on: boolean }[] {
  const queries = queriesOf(alarm);
  const minutes = periodInMinutes(queries);
  const bad = datapoints(queries, series, minutes).map((value) => isBad(alarm, value));
  return bad.map((_, index) => {
    const last = bad.slice(Math.max(0, index + 1 - alarm.EvaluationPeriods), index + 1);
    const on = last.filter(Boolean).length >= alarm.DatapointsToAlarm;
    return { minute: (index + 1) * minutes, on };
  });
}

function queriesOf(alarm: AlarmProperties): readonly MetricQuery[] {
  if (alarm.Metrics) return alarm.Metrics;
  const { Namespace, MetricName, Dimensions, Period, Statistic } = alarm as AlarmProperties & SingleMetric;
  return [{ Id: 'm', MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period, Stat: Statistic } }];
}

function periodInMinutes(queries: readonly MetricQuery[]): number {
  const [period, ...others] = new Set(queries.flatMap(({ MetricStat }) => (MetricStat ? [MetricStat.Period] : [])));
  if (period === undefined || others.length > 0 || period % 60 !== 0)
    throw new Error('The periods are not known here.');
  return period / 60;
}

/** The value of the alarm in each whole period. */
function datapoints(queries: readonly MetricQuery[], series: SeriesByName, minutes: number): Series {
  const metrics = queries.flatMap(({ Id, MetricStat }) =>
    MetricStat ? [{ Id, points: statistics(seriesOf(MetricStat, series), MetricStat.Stat, minutes) }] : [],
  );
  const decisive = queries.find(({ ReturnData }) => ReturnData !== false)!;
  const expression = readExpression(decisive.Expression ?? decisive.Id);
  return metrics[0]!.points.map((_, index) =>
    expression(Object.fromEntries(metrics.map(({ Id, points }) => [Id, points[index]]))),
  );
}

function seriesOf({ Metric }: MetricStat, series: SeriesByName): Series {
  const name = seriesName(Metric);
  const found = series[name];
  if (!found) throw new Error(`There is no series ${name}.`);
  return found;
}

function seriesName({ Namespace, MetricName, Dimensions }: MetricStat['Metric']): string {
  if (Namespace !== 'AWS/SQS') return MetricName;
  const queue = JSON.stringify(Dimensions).includes('DeadLetterQueue') ? 'DeadLetterQueue' : 'UsersQueue';
  return `${queue}.${MetricName}`;
}

const STATISTICS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  Sum: (values) => values.reduce((sum, value) => sum + value, 0),
  Average: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  Maximum: (values) => Math.max(...values),
  Minimum: (values) => Math.min(...values),
};

function statistics(series: Series, name: string, minutes: number): Series {
  const statistic = STATISTICS[name];
  if (!statistic) throw new Error(`The statistic ${name} is not known here.`);
  return Array.from({ length: Math.floor(series.length / minutes) }, (_, period) => {
    const values = series.slice(period * minutes, (period + 1) * minutes).filter((value) => value !== undefined);
    return values.length === 0 ? undefined : statistic(values);
  });
}

function isBad(
  { ComparisonOperator, Threshold, TreatMissingData }: AlarmProperties,
  value: number | undefined,
): boolean {
  if (ComparisonOperator !== 'GreaterThanThreshold') throw new Error(`${ComparisonOperator} is not known here.`);
  if (value !== undefined) return value > Threshold;
  if (TreatMissingData === 'notBreaching') return false;
  if (TreatMissingData === 'breaching') return true;
  throw new Error(`Missing data that is ${TreatMissingData} is not known here.`);
}
