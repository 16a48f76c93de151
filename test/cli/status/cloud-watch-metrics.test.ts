/** What `status` makes of CloudWatch's answers, from a server that speaks that part of its API. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createCloudWatchMetrics } from '../../../cli/status/cloud-watch-metrics.ts';
import type { MetricsReader } from '../../../cli/status/metrics.ts';
import { createMetricsReader } from '../../../cli/status/metrics-reader.ts';
import type { AwsTarget } from '../../../cli/target.ts';
import { awsAt } from '../support/run-cli.ts';
import { type AwsAnswer, type ScriptedAws, startScriptedAws } from '../support/scripted-aws.ts';

const environment = { ...process.env };
const warnings: string[] = [];
let answer: AwsAnswer;
let aws: ScriptedAws;
let reader: MetricsReader | undefined;

beforeEach(async () => {
  aws = await startScriptedAws({ GetMetricData: () => answer });
  for (const name of Object.keys(process.env)) if (/^AWS_|_proxy$/i.test(name)) delete process.env[name];
  Object.assign(process.env, awsAt(aws.endpoint), {
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  });
  warnings.length = 0;
});
afterEach(async () => {
  jest.restoreAllMocks();
  reader?.close();
  reader = undefined;
  for (const name of Object.keys(process.env)) delete process.env[name];
  Object.assign(process.env, environment);
  await aws.stop();
});

const TARGET = {
  kind: 'aws',
  place: {},
  queueArn: 'arn:aws:sqs:eu-west-1:123456789012:users',
  outputs: { FunctionName: 'the-function' },
} as unknown as AwsTarget;

function read(target: Partial<AwsTarget> = {}) {
  reader ??= createCloudWatchMetrics({ ...TARGET, ...target }, (text) => warnings.push(text));
  return reader.read(new AbortController().signal);
}

const results = (
  ...MetricDataResults: readonly { Id: string; Values?: readonly number[]; Timestamps?: readonly number[] }[]
): AwsAnswer => ({
  output: { MetricDataResults },
});
const queriesOf = () =>
  aws.callsOf('GetMetricData')[0]!.input.MetricDataQueries as { Id: string; MetricStat: object }[];

test('the rate is that of the five newest minutes that there are, since CloudWatch is up to two behind', async () => {
  answer = results({ Id: 'delivered', Values: [600, 600, 600, 600, 900, 9_000, 9_000] });
  expect(await read()).toMatchObject({ deliveredPerSecond: 11 });
});

test('asks for seven whole minutes, the newest first: five of them, and two that may be missing', async () => {
  answer = results();
  jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-26T09:30:59.999Z'));
  await read();
  expect(aws.callsOf('GetMetricData')[0]!.input).toMatchObject({
    StartTime: Date.parse('2026-11-26T09:23:00Z') / 1000,
    EndTime: Date.parse('2026-11-26T09:30:00Z') / 1000,
    ScanBy: 'TimestampDescending',
  });
  for (const { MetricStat } of queriesOf()) expect(MetricStat).toMatchObject({ Period: 60 });
});

test.each([
  ['of the last minutes, is taken if it is older than what SQS says', 180, 900],
  ['of minutes ago, is not taken, since that message may be gone', 181, 60],
])('the age of the oldest message in a batch, %s', async (_, secondsAgo, age) => {
  const now = Date.parse('2026-11-26T09:30:00Z');
  jest.spyOn(Date, 'now').mockReturnValue(now);
  const own = { Id: 'own', Values: [900_000], Timestamps: [now / 1000 - secondsAgo] };
  answer = results({ Id: 'age', Values: [60] }, own);
  expect(await read()).toMatchObject({ oldestAgeInSeconds: age });
});

test('the age of the oldest message is what SQS says, if that is more, and what the function says, if SQS leaves all out', async () => {
  const now = Date.parse('2026-11-26T09:30:00Z');
  jest.spyOn(Date, 'now').mockReturnValue(now);
  const own = { Id: 'own', Values: [900_000], Timestamps: [now / 1000 - 60] };
  answer = results({ Id: 'age', Values: [1_000] }, own);
  expect(await read()).toMatchObject({ oldestAgeInSeconds: 1_000 });
  reader?.close();
  reader = undefined;
  answer = results(own);
  expect(await read()).toMatchObject({ oldestAgeInSeconds: 900 });
});

test('minutes without an invocation have no value, and nothing was delivered in them', async () => {
  answer = results({ Id: 'delivered', Values: [300] });
  expect(await read()).toMatchObject({ deliveredPerSecond: 1 });
});

test('a function that was not invoked delivers nothing, and what has no value is unknown', async () => {
  answer = { output: {} };
  expect(await read()).toEqual({
    oldestAgeInSeconds: undefined,
    quietAgeInSeconds: undefined,
    noisySources: undefined,
    deliveredPerSecond: 0,
  });
});

test('of ages and sources the newest value counts', async () => {
  answer = results({ Id: 'quiet', Values: [3, 30] }, { Id: 'noisy', Values: [2, 20] }, { Id: 'age', Values: [7, 70] });
  expect(await read()).toMatchObject({ oldestAgeInSeconds: 7, quietAgeInSeconds: 3, noisySources: 2 });
});

test("what is asked for are the queue's own metrics, and those of the stack's function and no other", async () => {
  answer = results();
  await read();
  const ofQueue = (MetricName: string) => ({
    Stat: 'Maximum',
    Metric: { Namespace: 'AWS/SQS', MetricName, Dimensions: [{ Name: 'QueueName', Value: 'users' }] },
  });
  const Dimensions = [
    { Name: 'service', Value: 'personalize-users' },
    { Name: 'function_name', Value: 'the-function' },
  ];
  expect(queriesOf()).toMatchObject([
    { Id: 'age', MetricStat: ofQueue('ApproximateAgeOfOldestMessage') },
    { Id: 'quiet', MetricStat: ofQueue('ApproximateAgeOfOldestMessageInQuietGroups') },
    { Id: 'noisy', MetricStat: ofQueue('ApproximateNumberOfNoisyGroups') },
    {
      Id: 'delivered',
      MetricStat: {
        Stat: 'Sum',
        Metric: { Namespace: 'PersonalizeUsers', MetricName: 'UsersDelivered', Dimensions },
      },
    },
    {
      Id: 'own',
      MetricStat: {
        Stat: 'Maximum',
        Metric: { Namespace: 'PersonalizeUsers', MetricName: 'OldestMessageAge', Dimensions },
      },
    },
  ]);
});

test('a FIFO queue is not asked for its noisy sources, for it has none', async () => {
  answer = results();
  await read({ queueArn: 'arn:aws:sqs:eu-west-1:123456789012:users.fifo' });
  expect(queriesOf().map(({ Id }) => Id)).toEqual(['age', 'delivered', 'own']);
});

test('a stack that does not say what its function is called is not asked for the rate', async () => {
  answer = results();
  await read({ outputs: {} });
  expect(queriesOf().map(({ Id }) => Id)).toEqual(['age', 'quiet', 'noisy']);
});

test('asks again after half a minute, and not before, since each time is billed', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(1_000);
  answer = results({ Id: 'age', Values: [7] });
  await read();
  answer = results({ Id: 'age', Values: [8] });
  clock.mockReturnValue(30_999);
  expect(await read()).toMatchObject({ oldestAgeInSeconds: 7 });
  clock.mockReturnValue(31_000);
  expect(await read()).toMatchObject({ oldestAgeInSeconds: 8 });
  expect(aws.callsOf('GetMetricData')).toHaveLength(2);
});

test('warns once when it may not ask, however often it looks', async () => {
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  answer = { error: 'AccessDenied', status: 403, message: 'no' };
  expect(await read()).toEqual({ oldestAgeInSeconds: undefined, deliveredPerSecond: undefined });
  expect(warnings).toHaveLength(1);
  clock.mockReturnValue(60_000);
  await read();
  expect(aws.callsOf('GetMetricData')).toHaveLength(2);
  expect(warnings).toEqual(['Age and delivery rate are unknown. No permission for cloudwatch:GetMetricData.']);
});

test('a defect of our own is none of CloudWatch', async () => {
  await expect(read({ queueArn: undefined as unknown as string })).rejects.toThrow("reading 'slice'");
  expect(warnings).toEqual([]);
});

test('is what is asked about a stack', async () => {
  answer = results({ Id: 'age', Values: [7] });
  reader = createMetricsReader(TARGET);
  expect(await read()).toMatchObject({ oldestAgeInSeconds: 7 });
});
