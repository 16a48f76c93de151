/** Which value of a period alarms go by, where SQS reports several of a queue. */
import { expect, test } from '@jest/globals';
import type { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { alarmsOf } from '../../../lib/monitoring/alarms/alarms.ts';
import { createIngestion } from '../support.ts';

const alarms = alarmsOf(createIngestion());

function statisticsOf(key: string): Record<string, string> {
  const { usingMetrics } = alarms.find((alarm) => alarm.key === key)!.metric as MathExpression;
  const metrics = Object.values(usingMetrics) as Metric[];
  const ofQueues = metrics.filter(({ namespace }) => namespace === 'AWS/SQS');
  return Object.fromEntries(ofQueues.map(({ metricName, statistic }) => [metricName, statistic]));
}

test('messages are there while nothing is delivered only if they were all the time', () => {
  expect(statisticsOf('nothingDelivered')).toEqual({
    ApproximateNumberOfMessagesVisible: 'Minimum',
    ApproximateNumberOfMessagesNotVisible: 'Minimum',
  });
});

test('a dead letter is there however short it was, and earlier ones only if they were all the time', () => {
  expect(statisticsOf('deadLetters')).toEqual({ ApproximateNumberOfMessagesVisible: 'Maximum' });
  expect(statisticsOf('moreDeadLetters')).toEqual({ ApproximateNumberOfMessagesVisible: 'Minimum' });
});

test('the oldest message is the oldest of the whole period', () => {
  expect(statisticsOf('oldMessages')).toEqual({
    ApproximateAgeOfOldestMessage: 'Maximum',
    ApproximateNumberOfNoisyGroups: 'Maximum',
    ApproximateAgeOfOldestMessageInQuietGroups: 'Maximum',
  });
});
