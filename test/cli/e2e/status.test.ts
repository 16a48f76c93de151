/** `status` in AWS: what CloudWatch knows, from a server that speaks that part of its API. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { awsAt, runCli, startCli } from '../support/run-cli.ts';
import { type AwsAnswer, type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const QUEUES = {
  usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
};

describe('status', () => {
  let aws: ScriptedAws;
  afterEach(() => aws.stop());

  async function startAws(metrics: () => AwsAnswer) {
    aws = await startScriptedAws(
      {
        GetQueueAttributes: ({ QueueUrl }) => ({
          output: {
            Attributes:
              QueueUrl === QUEUES.usersUrl
                ? {
                    ApproximateNumberOfMessages: '120000',
                    ApproximateNumberOfMessagesNotVisible: '1000',
                    ApproximateNumberOfMessagesDelayed: '0',
                  }
                : { ApproximateNumberOfMessages: '0' },
          },
        }),
        GetMetricData: metrics,
      },
      { PersonalizeUsers: stackOutputs(QUEUES) },
    );
    return awsAt(aws.endpoint);
  }

  const METRICS: AwsAnswer = {
    output: {
      MetricDataResults: [
        { Id: 'age', Values: [754, 700] },
        { Id: 'delivered', Values: [5400, 5700, 6000, 6000, 5900, 100, 100] },
      ],
    },
  };

  test('tells the age and the rate of the last minutes, and how long the quota takes', async () => {
    const env = await startAws(() => METRICS);
    const { code, stdout, stderr } = await runCli(['status'], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.split('\n').slice(1)).toEqual([
      'Users queue     120,000 messages waiting, 1,000 in flight',
      'Oldest message  12m 34s old',
      'Delivery rate   96.7 users a second; the quota takes 100',
      'Time to drain   20m 10s at the quota',
      'Dead letters    none',
      '',
    ]);
  });

  test("asks for the queue's own metric, and for the function's by its dimensions", async () => {
    const env = await startAws(() => METRICS);
    await runCli(['status'], env);
    const [call] = aws.callsOf('GetMetricData');
    const queries = call!.input.MetricDataQueries as { Id: string; MetricStat: { Stat: string; Metric: object } }[];
    expect(queries.map(({ Id, MetricStat }) => ({ Id, Stat: MetricStat.Stat, ...MetricStat.Metric }))).toEqual([
      {
        Id: 'age',
        Stat: 'Maximum',
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessage',
        Dimensions: [{ Name: 'QueueName', Value: 'users' }],
      },
      {
        Id: 'quiet',
        Stat: 'Maximum',
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateAgeOfOldestMessageInQuietGroups',
        Dimensions: [{ Name: 'QueueName', Value: 'users' }],
      },
      {
        Id: 'noisy',
        Stat: 'Maximum',
        Namespace: 'AWS/SQS',
        MetricName: 'ApproximateNumberOfNoisyGroups',
        Dimensions: [{ Name: 'QueueName', Value: 'users' }],
      },
      {
        Id: 'delivered',
        Stat: 'Sum',
        Namespace: 'PersonalizeUsers',
        MetricName: 'UsersDelivered',
        Dimensions: [
          { Name: 'service', Value: 'personalize-users' },
          { Name: 'function_name', Value: 'the-function' },
        ],
      },
      {
        Id: 'own',
        Stat: 'Maximum',
        Namespace: 'PersonalizeUsers',
        MetricName: 'OldestMessageAge',
        Dimensions: [
          { Name: 'service', Value: 'personalize-users' },
          { Name: 'function_name', Value: 'the-function' },
        ],
      },
    ]);
  });

  test('goes without them when they may not be read, and says so', async () => {
    const env = await startAws(() => ({ error: 'AccessDenied', status: 403, message: 'no' }));
    const { code, stdout, stderr } = await runCli(['status'], env);
    expect(code).toBe(0);
    expect(stderr).toContain('Age and delivery rate are unknown. No permission for cloudwatch:GetMetricData.');
    expect(stdout).toMatch(/Oldest message +unknown\n/);
    expect(stdout).toMatch(/Delivery rate +unknown; the quota takes 100\n/);
  });

  test('looks again and again with --watch until Ctrl-C, which is no failure', async () => {
    const env = await startAws(() => METRICS);
    const run = startCli(['status', '--watch', '0.05', '--json'], env);
    await until(() => run.stdout().split('\n').length > 3);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(0);
    const documents = run.stdout().trimEnd().split('\n');
    for (const line of documents) expect(JSON.parse(line)).toMatchObject({ queue: { waiting: 120_000 } });
    // It is billed, and new only once a minute.
    expect(aws.callsOf('GetMetricData')).toHaveLength(1);
  });
});
