/** `dlq replay` of a whole queue in AWS, which SQS itself does: against a server that speaks that part of its API. */
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { awsAt, runCli, startCli } from '../support/run-cli.ts';
import { type AwsAnswer, type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const QUEUES = {
  usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
};
const LETTERS_ARN = 'arn:aws:sqs:eu-west-1:123456789012:letters';

interface Task {
  readonly StartedTimestamp?: number;
  readonly Status: string;
  readonly ApproximateNumberOfMessagesMoved?: number;
  readonly ApproximateNumberOfMessagesToMove?: number;
  readonly FailureReason?: string;
}

describe('a replay by a message move task', () => {
  let aws: ScriptedAws;
  afterEach(() => aws.stop());

  /** @param progress - what each look at the task finds, and the last again and again; as it is cancelled, the last */
  async function startAws(progress: readonly Task[], answers: Readonly<Record<string, () => AwsAnswer>> = {}) {
    let [looks, isStarted, isCancelled] = [0, false, false];
    aws = await startScriptedAws(
      {
        GetQueueAttributes: () => ({ output: { Attributes: { ApproximateNumberOfMessages: '300' } } }),
        ListMessageMoveTasks: () => {
          const old = { StartedTimestamp: 1, Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 7 };
          if (!isStarted) return { output: { Results: [old] } };
          const task = isCancelled ? progress.at(-1) : progress[Math.min(looks++, progress.length - 1)];
          return { output: { Results: [{ StartedTimestamp: 2, ...task }] } };
        },
        StartMessageMoveTask: () => {
          isStarted = true;
          return { output: { TaskHandle: 'the-task' } };
        },
        CancelMessageMoveTask: () => {
          isCancelled = true;
          return { output: { ApproximateNumberOfMessagesMoved: 1 } };
        },
        ...answers,
      },
      { Mine: stackOutputs(QUEUES) },
    );
    return aws;
  }

  const replay = (...args: readonly string[]) => ['dlq', 'replay', '--stack', 'Mine', '--json', ...args] as const;

  test('names both queues and a rate that leaves half of the quota, and tells how many were moved', async () => {
    const { endpoint } = await startAws([
      { Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 100, ApproximateNumberOfMessagesToMove: 300 },
      { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 300, ApproximateNumberOfMessagesToMove: 300 },
    ]);
    const result = await runCli(replay('--yes'), awsAt(endpoint));
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({ method: 'move-task', replayed: 300, interrupted: false });
    expect(aws.callsOf('StartMessageMoveTask')).toEqual([
      {
        action: 'StartMessageMoveTask',
        input: {
          SourceArn: LETTERS_ARN,
          DestinationArn: 'arn:aws:sqs:eu-west-1:123456789012:users',
          MaxNumberOfMessagesPerSecond: 50,
        },
      },
    ]);
    expect(aws.callsOf('ReceiveMessage')).toEqual([]);
  });

  test('takes the rate that it is given, but no more than SQS does', async () => {
    const { endpoint } = await startAws([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
    await runCli(replay('--yes', '--rate', '12.7'), awsAt(endpoint));
    await aws.stop();
    expect(aws.callsOf('StartMessageMoveTask')[0]!.input.MaxNumberOfMessagesPerSecond).toBe(12);
    const other = await startAws([{ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 }]);
    await runCli(replay('--yes', '--rate', '9000'), awsAt(other.endpoint));
    expect(aws.callsOf('StartMessageMoveTask')[0]!.input.MaxNumberOfMessagesPerSecond).toBe(500);
  });

  test('is cancelled by Ctrl-C', async () => {
    const { endpoint } = await startAws(
      [
        { Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 10, ApproximateNumberOfMessagesToMove: 300 },
        { Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 10, ApproximateNumberOfMessagesToMove: 300 },
        { Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 42 },
      ].slice(0, 3),
    );
    const run = startCli(replay('--yes', '--rate', '1'), awsAt(endpoint));
    await until(() => aws.callsOf('StartMessageMoveTask').length > 0);
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    // The client repeats a call whose connection broke.
    const cancelled = new Set(aws.callsOf('CancelMessageMoveTask').map(({ input }) => input.TaskHandle));
    expect([...cancelled]).toEqual(['the-task']);
    expect(JSON.parse(run.stdout())).toMatchObject({ replayed: 42, interrupted: true });
    expect(run.stderr()).toContain('Interrupted.');
  });

  test('is cancelled when it moves more than there was: what has failed again would go round and round', async () => {
    const { endpoint } = await startAws([
      { Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 301, ApproximateNumberOfMessagesToMove: 300 },
      { Status: 'CANCELLED', ApproximateNumberOfMessagesMoved: 310 },
    ]);
    const result = await runCli(replay('--yes'), awsAt(endpoint));
    expect(result.code).toBe(0);
    expect(aws.callsOf('CancelMessageMoveTask')).toHaveLength(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ replayed: 310, interrupted: false });
  });

  test('is not taken for the task before it, which SQS may still list as the latest', async () => {
    const before = { StartedTimestamp: 1, Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 7 };
    const { endpoint } = await startAws([before, { Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 300 }]);
    const result = await runCli(replay('--yes'), awsAt(endpoint));
    expect(JSON.parse(result.stdout)).toMatchObject({ replayed: 300 });
  });

  test('says why it failed', async () => {
    const { endpoint } = await startAws([
      {
        Status: 'FAILED',
        ApproximateNumberOfMessagesMoved: 5,
        FailureReason: 'AWS.SimpleQueueService.NonExistentQueue',
      },
    ]);
    const result = await runCli(replay('--yes'), awsAt(endpoint));
    expect(result).toMatchObject({ code: 1, stdout: '' });
    expect(result.stderr).toContain('The message move task failed after 5 messages: AWS.SimpleQueueService');
  });

  test('is not begun while another one runs', async () => {
    const running = {
      Status: 'RUNNING',
      TaskHandle: 'other',
      ApproximateNumberOfMessagesMoved: 9,
      StartedTimestamp: 1,
    };
    const { endpoint } = await startAws([], { ListMessageMoveTasks: () => ({ output: { Results: [running] } }) });
    const result = await runCli(replay('--yes'), awsAt(endpoint));
    expect(result.code).toBe(1);
    expect(result.stderr).toContain('A message move task replays this queue already; it has moved 9 messages.');
    expect(result.stderr).toContain('--task-handle other');
    expect(aws.callsOf('StartMessageMoveTask')).toEqual([]);
  });

  test.each([
    ['is not known', { error: 'UnsupportedOperation' }, 'There are no message move tasks here.'],
    ['is not allowed', { error: 'AccessDenied', status: 403 }, 'No permission for message move tasks.'],
  ])('gives way to a replay one by one where it %s', async (_, answer, sentence) => {
    const { endpoint } = await startAws([], {
      StartMessageMoveTask: () => answer,
      ReceiveMessage: () => ({ output: {} }),
    });
    const result = await runCli(replay('--yes'), awsAt(endpoint));
    expect(result.stderr).toContain(`${sentence} The letters are replayed one by one.`);
    expect(JSON.parse(result.stdout)).toMatchObject({ method: 'one-by-one', replayed: 0, unseen: 300 });
    expect(result.code).toBe(3);
  });

  test.each([[['--error-code', 'A']], [['--since', '1h']], [['--limit', '5']], [['--edit', 'cat']], [['--dry-run']]])(
    'is not used with %j',
    async (args) => {
      const { endpoint } = await startAws([], { ReceiveMessage: () => ({ output: {} }) });
      const result = await runCli(replay('--yes', ...args), awsAt(endpoint));
      expect(JSON.parse(result.stdout)).toMatchObject({ method: 'one-by-one' });
      expect(aws.callsOf('StartMessageMoveTask')).toEqual([]);
      expect(aws.callsOf('ReceiveMessage').length).toBeGreaterThan(0);
    },
  );
});
