/** What can be adjusted of an alarm, and what it looks at. When the alarms fire is in alarms.test.ts. */
import { describe, expect, test } from '@jest/globals';
import { CfnParameter, Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { type AlarmDefinition, adjusted } from '../../../lib/monitoring/alarms/alarm-definition.ts';

/** Two of its last periods of a minute, one after the other. */
const ALARM: AlarmDefinition = {
  key: 'throttling',
  metric: new Metric({ namespace: 'N', metricName: 'M' }),
  period: Duration.minutes(1),
  threshold: 4,
  periods: 2,
  severity: 'canWait',
  meaning: 'Something is the matter.',
  firstStep: 'look.',
  runbookSection: 'Throttling',
};
/** One of its last five periods. */
const SLOW_TO_END: AlarmDefinition = { ...ALARM, periods: 1, outOf: 5 };

describe('an alarm that is adjusted', () => {
  test('is as it was in whatever is not said', () => {
    expect(adjusted(ALARM)).toEqual(ALARM);
    expect(adjusted(SLOW_TO_END, { threshold: 0 })).toEqual({ ...SLOW_TO_END, threshold: 0 });
    expect(adjusted(ALARM, { severity: 'urgent' })).toEqual({ ...ALARM, severity: 'urgent' });
  });

  test.each([
    [1, 1],
    [60, 1],
    [61, 2],
    [86_400, 1_440],
  ])('waits for %d s in whole minutes, which are %d', (seconds, periods) => {
    const patience = Duration.seconds(seconds);
    expect(adjusted(ALARM, { patience })).toMatchObject({ threshold: 4, severity: 'canWait', periods, outOf: periods });
  });

  test('needs no more periods than those in which it is to fire, though it was more patient before', () => {
    const hasty = adjusted({ ...ALARM, periods: 30, outOf: 30 }, { patience: Duration.minutes(2) });
    expect(hasty).toMatchObject({ periods: 2, outOf: 2 });
  });

  test('that is slow to end stays so', () => {
    expect(adjusted(SLOW_TO_END, { patience: Duration.minutes(3) })).toMatchObject({ periods: 3, outOf: 5 });
    expect(adjusted(SLOW_TO_END, { patience: Duration.minutes(9) })).toMatchObject({ periods: 9, outOf: 9 });
  });

  test('is refused a patience beyond the day that CloudWatch looks back, and none at all', () => {
    for (const seconds of [86_401, 0]) {
      expect(() => adjusted(ALARM, { patience: Duration.seconds(seconds) })).toThrow(
        expect.objectContaining({
          setting: 'alarms',
          message: `alarms.throttling.patience takes more than 0 s and at most a day, but got ${seconds} s.`,
        }),
      );
    }
  });

  test('is refused a severity that there is not', () => {
    expect(() => adjusted(ALARM, { severity: 'high' as 'urgent' })).toThrow(
      expect.objectContaining({
        setting: 'alarms',
        message: 'alarms.throttling.severity takes urgent or canWait, but got "high".',
      }),
    );
  });

  test('takes a threshold that is known when the stack is deployed', () => {
    const threshold = new CfnParameter(new Stack(), 'Threshold', { type: 'Number' }).valueAsNumber;
    expect(adjusted(ALARM, { threshold }).threshold).toBe(threshold);
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY, '5' as unknown as number])(
    'takes no threshold of %p',
    (threshold) => {
      expect(() => adjusted(ALARM, { threshold })).toThrow(
        expect.objectContaining({
          setting: 'alarms',
          message: `alarms.throttling.threshold takes a number, but got ${threshold}.`,
        }),
      );
    },
  );
});
