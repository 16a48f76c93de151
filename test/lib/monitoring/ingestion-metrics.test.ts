/** Metrics for dashboards and alarms of others, as they get them from a `UserIngestion`. */
import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { Color, type MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { deadLettersByReason, ingestionMetric, zeroWhereMissing } from '../../../lib/monitoring/ingestion-metrics.ts';
import { createIngestion } from '../support.ts';

describe('a metric of the function', () => {
  test.each([
    ['UsersDelivered', 'Sum'],
    ['UsersSuperseded', 'Sum'],
    ['UsersRejected', 'Sum'],
    ['UsersRetried', 'Sum'],
    ['PutUsersCalls', 'Sum'],
    ['ThrottledCalls', 'Sum'],
    ['UsersPerCall', 'Average'],
    ['InternalErrors', 'Sum'],
    ['OldestMessageAge', 'Maximum'],
  ] as const)('%s is a %s over five minutes', (name, statistic) => {
    const metric = ingestionMetric('f', name);
    expect(metric).toMatchObject({ namespace: 'PersonalizeUsers', metricName: name, statistic });
    expect(metric.dimensions).toEqual({ service: 'personalize-users', function_name: 'f' });
    expect(metric.period.toMinutes()).toBe(5);
  });

  test('is as it is asked for', () => {
    const metric = ingestionMetric('f', 'UsersDelivered', {
      statistic: 'p90',
      period: Duration.days(1),
      label: 'mine',
    });
    expect(metric).toMatchObject({ statistic: 'p90', label: 'mine' });
    expect(metric.period.toDays()).toBe(1);
  });
});

describe('dead letters by reason', () => {
  test('are summed up over five minutes, of one reason and one deployment', () => {
    const metric = deadLettersByReason('f', 'InvalidJson');
    expect(metric).toMatchObject({ namespace: 'PersonalizeUsers', metricName: 'DeadLetters', statistic: 'Sum' });
    expect(metric.dimensions).toEqual({ service: 'personalize-users', function_name: 'f', ErrorCode: 'InvalidJson' });
    expect(metric.period.toMinutes()).toBe(5);
  });

  test('are as they are asked for', () => {
    expect(deadLettersByReason('f', 'InvalidJson', { period: Duration.hours(1) }).period.toHours()).toBe(1);
  });
});

describe('a line that is 0 where batches have none', () => {
  test('is called and coloured as the metric is, and has its period', () => {
    const metric = ingestionMetric('f', 'UsersRetried', {
      label: 'retried',
      color: Color.ORANGE,
      period: Duration.hours(1),
    });
    const line = zeroWhereMissing(metric) as MathExpression;
    expect(line).toMatchObject({ expression: 'FILL(mUsersRetried, 0)', label: 'retried', color: Color.ORANGE });
    expect(line.usingMetrics).toMatchObject({ mUsersRetried: { metricName: 'UsersRetried' } });
    expect(line.period.toHours()).toBe(1);
  });

  test('has the name of a metric that is called nothing else, and whichever colour is free', () => {
    const line = zeroWhereMissing(ingestionMetric('f', 'UsersRetried')) as MathExpression;
    expect(line.label).toBe('UsersRetried');
    expect(line.color).toBeUndefined();
  });
});

describe('what is reckoned from metrics', () => {
  const ingestion = createIngestion({ requestsPerSecond: 4, usersPerMessage: 5 });
  const drain = (options = {}) => ingestion.metricTimeToDrain(options) as MathExpression;
  const quota = (options = {}) => ingestion.metricQuotaUsed(options) as MathExpression;

  test('says what it is', () => {
    expect(quota().label).toBe('quota used');
    expect(drain().label).toBe('at usersPerMessage 5');
    expect(drain({ label: 'mine' }).label).toBe('mine');
    expect(quota({ label: 'mine' }).label).toBe('mine');
  });

  test('looks at the most that was in the queue, and at all calls', () => {
    const used = ({ usingMetrics }: MathExpression) =>
      Object.values(usingMetrics as Record<string, Metric>).map(({ statistic, metricName }) => [statistic, metricName]);
    expect(used(drain())).toEqual([
      ['Maximum', 'ApproximateNumberOfMessagesVisible'],
      ['Maximum', 'ApproximateNumberOfMessagesNotVisible'],
    ]);
    expect(used(quota())).toEqual([['Sum', 'PutUsersCalls']]);
  });

  test('has the period that is asked for, in every metric of it', () => {
    for (const expression of [drain({ period: Duration.hours(1) }), quota({ period: Duration.hours(1) })]) {
      const metrics = Object.values(expression.usingMetrics as Record<string, Metric>);
      expect([expression, ...metrics].map(({ period }) => period.toHours())).toEqual(Array(metrics.length + 1).fill(1));
    }
  });
});
