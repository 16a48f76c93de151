import { describe, expect, test } from '@jest/globals';
import { type AlarmProperties, evaluateAlarm, firesAt } from './evaluate-alarm.ts';

/** An alarm of one metric, two of three periods of a minute above 5. */
const alarm = {
  AlarmName: 'Stack-Alarm',
  Namespace: 'AWS/Lambda',
  MetricName: 'Errors',
  Dimensions: [],
  Period: 60,
  Statistic: 'Sum',
  Threshold: 5,
  ComparisonOperator: 'GreaterThanThreshold',
  EvaluationPeriods: 3,
  DatapointsToAlarm: 2,
  TreatMissingData: 'notBreaching',
};
const fires = (changes: object, Errors: readonly (number | undefined)[]) =>
  firesAt({ ...alarm, ...changes }, { Errors });

describe('an alarm', () => {
  test('fires when so many of the last periods are above the threshold, and once until it is over', () => {
    expect(fires({}, [6, 0, 6, 6, 6, 0, 0, 6, 6])).toEqual([3, 9]);
    expect(fires({ DatapointsToAlarm: 3 }, [6, 0, 6, 6, 6, 0])).toEqual([5]);
  });

  test('is not on at the threshold', () => {
    expect(fires({}, [5, 5, 5])).toEqual([]);
  });

  test('treats missing data as it is told', () => {
    expect(fires({}, [6, undefined, undefined])).toEqual([]);
    expect(fires({ TreatMissingData: 'breaching' }, [6, undefined, undefined])).toEqual([2]);
    expect(() => fires({ TreatMissingData: 'ignore' }, [undefined])).toThrow('ignore');
  });

  test.each([
    ['Sum', 2],
    ['Average', undefined],
    ['Maximum', 2],
    ['Minimum', undefined],
  ])('looks at whole periods by its statistic: %s', (Statistic, minute) => {
    const once = { Period: 120, Statistic, EvaluationPeriods: 1, DatapointsToAlarm: 1 };
    expect(fires(once, [1, 6, 1, 1, 9])).toEqual(minute === undefined ? [] : [minute]);
  });

  test('leaves out minutes without data, and has no value for a period of nothing else', () => {
    const once = { Period: 120, Statistic: 'Minimum', EvaluationPeriods: 1, DatapointsToAlarm: 1 };
    expect(fires(once, [undefined, 6, undefined, undefined])).toEqual([2]);
  });

  test('tells for each period whether it is on', () => {
    expect(evaluateAlarm({ ...alarm, DatapointsToAlarm: 1, EvaluationPeriods: 1 }, { Errors: [6, 1] })).toEqual([
      { minute: 1, on: true },
      { minute: 2, on: false },
    ]);
  });

  test('tells the queues apart', () => {
    const query = (Id: string, queue: string) => ({
      Id,
      ReturnData: false,
      MetricStat: {
        Metric: {
          Namespace: 'AWS/SQS',
          MetricName: 'Depth',
          Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queue, 'QueueName'] } }],
        },
        Period: 60,
        Stat: 'Maximum',
      },
    });
    const { AlarmName, Threshold, ComparisonOperator, TreatMissingData } = alarm;
    const difference: AlarmProperties = {
      AlarmName,
      Threshold,
      ComparisonOperator,
      TreatMissingData,
      EvaluationPeriods: 1,
      DatapointsToAlarm: 1,
      Metrics: [
        { Id: 'e', Expression: 'dead - live', ReturnData: true },
        query('dead', 'UsersDeadLetterQueue25AC3C51'),
        query('live', 'UsersQueueC6526640'),
      ],
    };
    const series = { 'DeadLetterQueue.Depth': [1, 9, 9], 'UsersQueue.Depth': [9, 1, 9] };
    expect(firesAt(difference, series)).toEqual([2]);
  });

  test('says which series it misses', () => {
    expect(() => firesAt(alarm, {})).toThrow('There is no series Errors.');
  });
});
