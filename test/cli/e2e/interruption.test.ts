/**
 * Ctrl-C, as a real signal to a real process, while AWS says nothing: the command ends, and what is not known to be done
 * can be repeated. The servers here never answer, so a command that waits for them does not end within the test.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { type LetterQueues, letters, startLetterQueues } from '../support/letter-queues.ts';
import { awsAt, type CliRun, startCli } from '../support/run-cli.ts';
import { type AwsAnswer, type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const QUEUES = {
  usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
};
const NEVER = (): AwsAnswer => ({ never: true });
const LETTER = {
  MessageId: 'one',
  ReceiptHandle: 'receipt',
  Body: 'a',
  MD5OfBody: '0cc175b9c0f1b6a831c399e269772661',
  Attributes: { SentTimestamp: '1' },
};

describe('Ctrl-C', () => {
  let directory: string;
  let aws: ScriptedAws | undefined;
  let queues: LetterQueues | undefined;
  let run: CliRun | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  });
  afterEach(async () => {
    run?.process.kill('SIGKILL');
    await run?.ended;
    await aws?.stop();
    await queues?.stop();
    rmSync(directory, { recursive: true });
    [aws, queues, run] = [undefined, undefined, undefined];
  });
  const at = (name: string) => join(directory, name);

  /** A stack whose dead-letter queue has one letter, where no action is answered but those that looking takes. */
  async function start(args: readonly string[], answers: Readonly<Record<string, () => AwsAnswer>> = {}) {
    let receives = 0;
    aws = await startScriptedAws(
      {
        GetQueueAttributes: () => ({ output: { Attributes: { ApproximateNumberOfMessages: '1' } } }),
        ReceiveMessage: () => ({ output: receives++ > 0 ? {} : { Messages: [LETTER] } }),
        ChangeMessageVisibilityBatch: () => ({ output: {} }),
        SendMessageBatch: NEVER,
        DeleteMessageBatch: NEVER,
        GetMetricData: NEVER,
        ...answers,
      },
      { Mine: stackOutputs(QUEUES) },
    );
    run = startCli([...args, '--stack', 'Mine'], awsAt(aws.endpoint), 'pipe');
    return run;
  }

  async function interruptOnce(action: string): Promise<number | null> {
    await until(() => aws!.callsOf(action).length > 0);
    run!.process.kill('SIGINT');
    return run!.ended;
  }

  function expectNoDefect(): void {
    expect(run!.stderr()).toContain('Interrupted');
    expect(run!.stderr()).not.toMatch(/defect|^\s+at /m);
  }

  test('ends a send, which goes on where nothing is known to be sent', async () => {
    writeFileSync(at('users.csv'), `USER_ID\n${Array.from({ length: 500 }, (_, index) => `u-${index}`).join('\n')}\n`);
    await start(['send', at('users.csv')]);
    expect(await interruptOnce('SendMessageBatch')).toBe(130);
    expectNoDefect();
    expect(run!.stderr()).toContain('Go on with the same command and --resume.');
    expect(JSON.parse(readFileSync(at('users.csv.checkpoint.json'), 'utf8'))).toMatchObject({
      position: { line: 2 },
      counts: { users: 0 },
    });
  });

  test('ends a send that has not found its stack', async () => {
    writeFileSync(at('users.csv'), 'USER_ID\na\n');
    await start(['send', at('users.csv')], { DescribeStacks: NEVER });
    expect(await interruptOnce('DescribeStacks')).toBe(130);
    expectNoDefect();
  });

  test('ends a send from standard input that says nothing', async () => {
    await start(['send', '-', '--format', 'csv']);
    run!.process.stdin!.write('USER_ID\na\n');
    expect(await interruptOnce('DescribeStacks')).toBe(130);
    expectNoDefect();
    expect(aws!.callsOf('SendMessageBatch')).toEqual([]);
  });

  test.each([
    ['list', ['dlq', 'list']],
    ['show', ['dlq', 'show', 'one']],
    ['replay', ['dlq', 'replay', '--yes', '--limit', '1']],
    ['status', ['status']],
  ])('ends %s, when no letter comes', async (_, args) => {
    await start(args, { ReceiveMessage: NEVER });
    expect(await interruptOnce('ReceiveMessage')).toBe(130);
    expectNoDefect();
  });

  test('ends an export, which leaves no file', async () => {
    await start(['dlq', 'export', at('letters.jsonl')], { ReceiveMessage: NEVER });
    expect(await interruptOnce('ReceiveMessage')).toBe(130);
    expectNoDefect();
    expect(readdirSync(directory)).toEqual([]);
  });

  test('ends a look whose letters cannot be given back, and says when they are seen again', async () => {
    await start(['dlq', 'list'], { ChangeMessageVisibilityBatch: NEVER });
    expect(await interruptOnce('ChangeMessageVisibilityBatch')).toBe(130);
    expectNoDefect();
  });

  test('ends a purge, of which nothing is known to be deleted', async () => {
    const line = JSON.stringify({ messageId: 'one', body: 'a' });
    writeFileSync(at('letters.jsonl'), `${line}\n`);
    await start(['dlq', 'purge', '--exported', at('letters.jsonl'), '--yes']);
    expect(await interruptOnce('DeleteMessageBatch')).toBe(130);
    expectNoDefect();
    expect(run!.stdout()).toBe('');
  });

  test('ends a replay whose letter may have been sent: it is not deleted, and given back', async () => {
    await start(['dlq', 'replay', '--yes', '--limit', '1']);
    expect(await interruptOnce('SendMessageBatch')).toBe(130);
    expectNoDefect();
    expect(aws!.callsOf('DeleteMessageBatch')).toEqual([]);
    expect(run!.stderr()).toContain('done again the next time');
  });

  test('ends a status that CloudWatch does not answer, and is no failure of one that watches', async () => {
    await start(['status', '--watch']);
    expect(await interruptOnce('GetMetricData')).toBe(0);
    expect(run!.stderr()).toBe('');
  });

  test('cancels a move task at once, and says so if that is not known', async () => {
    let looks = 0;
    await start(['dlq', 'replay', '--yes'], {
      ListMessageMoveTasks: () => (looks++ === 0 ? { output: { Results: [] } } : { never: true }),
      StartMessageMoveTask: () => ({ output: { TaskHandle: 'the-task' } }),
      CancelMessageMoveTask: () => ({ output: {} }),
    });
    await until(() => aws!.callsOf('ListMessageMoveTasks').length > 1);
    run!.process.kill('SIGINT');
    expect(await run!.ended).toBe(130);
    expectNoDefect();
    expect(aws!.callsOf('CancelMessageMoveTask')).toHaveLength(1);
    expect(run!.stderr()).toContain('aws sqs cancel-message-move-task --task-handle the-task');
  });

  test('twice ends at once', async () => {
    await start(['dlq', 'list'], { ReceiveMessage: NEVER });
    await until(() => aws!.callsOf('ReceiveMessage').length > 0);
    run!.process.kill('SIGINT');
    await until(() => {
      run!.process.kill('SIGINT');
      return run!.process.exitCode !== null;
    });
    expect(await run!.ended).toBe(130);
  });

  test('ends the command of an edit with its children, and every letter is there, visible', async () => {
    queues = await startLetterQueues();
    await queues.putLetters(letters(25));
    const edit = `echo $$ >> ${at('pids')}; sleep 1000; cat`;
    run = startCli(['dlq', 'replay', '--edit', edit, '--yes', '--world', queues.worldFile]);
    await until(() => existsSync(at('pids')) && readFileSync(at('pids'), 'utf8').endsWith('\n'));
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expectNoDefect();
    await until(() =>
      readFileSync(at('pids'), 'utf8')
        .trim()
        .split('\n')
        .every((pid) => !isRunning(Number(pid))),
    );
    expect(queues.lettersDepth()).toEqual({ visible: 25, inFlight: 0, delayed: 0 });
    expect(queues.usersDepth().visible).toBe(0);
  });
});

function isRunning(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
