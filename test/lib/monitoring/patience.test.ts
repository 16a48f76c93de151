/** How long alarms wait, by the sizes. */
import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { longestRetriesInSeconds, periodsOf, progressPeriod } from '../../../lib/monitoring/alarms/patience.ts';
import { sizing } from '../../../lib/sizing.ts';

describe('the period of what a batch says when it is done', () => {
  test.each([
    [1, 300],
    [150, 300],
    [151, 600],
    [300, 600],
    [900, 1_800],
  ])('is two time-outs of %d s at least, in whole five minutes: %d s', (timeoutInSeconds, seconds) => {
    expect(progressPeriod({ timeoutInSeconds }).toSeconds()).toBe(seconds);
  });
});

describe('the periods of a wait', () => {
  test.each([
    [1, 1],
    [300, 1],
    [301, 2],
    [86_400, 288],
    // CloudWatch looks back no further.
    [86_401, 288],
    [1_000_000, 288],
  ])('of %d s are %d of five minutes', (wait, periods) => {
    expect(periodsOf(Duration.minutes(5), wait)).toBe(periods);
  });

  test('are whole ones where a day has a part of one left', () => {
    expect(periodsOf(Duration.minutes(25), 86_400)).toBe(57);
  });
});

describe('the longest that a message is retried', () => {
  const retries = (maxReceiveCount: number) =>
    longestRetriesInSeconds(
      sizing({
        batchSize: 100,
        timeoutInSeconds: 30,
        maxReceiveCount,
        backoffBaseInSeconds: 2,
        backoffMaxInSeconds: 10,
      }),
    );

  test('is one time-out of the function if there is one receive', () => {
    expect(retries(1)).toBe(30);
  });

  test('has every time-out, and every back-off between two: each twice the one before, up to the longest', () => {
    expect(retries(2)).toBe(2 * 30 + 2);
    expect(retries(4)).toBe(4 * 30 + (2 + 4 + 8));
    expect(retries(6)).toBe(6 * 30 + (2 + 4 + 8 + 10 + 10));
  });
});
