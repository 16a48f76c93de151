/**
 * Ctrl-C, as a real signal to a real process, while AWS says nothing: the command ends, and what is not known to be done
 * can be repeated. The servers here never answer, so a command that waits for them does not end within the test.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { until } from '../../support/world.ts';
import { letters, startLetterQueues } from '../support/letter-queues.ts';
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

/** A command that runs on a stack of its own, with a folder of its own. */
interface Running extends AsyncDisposable {
  readonly aws: ScriptedAws;
  readonly run: CliRun;
}

/** A stack whose dead-letter queue has one letter, where no action is answered but those that looking takes. */
async function start(
  args: readonly string[],
  answers: Readonly<Record<string, () => AwsAnswer>> = {},
): Promise<Running> {
  let receives = 0;
  const aws = await startScriptedAws(
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
  const run = startCli([...args, '--stack', 'Mine'], awsAt(aws.endpoint), 'pipe');
  return {
    aws,
    run,
    async [Symbol.asyncDispose]() {
      run.process.kill('SIGKILL');
      await run.ended;
      await aws.stop();
    },
  };
}

async function interruptOnce({ aws, run }: Running, action: string): Promise<number | null> {
  await until(() => aws.callsOf(action).length > 0);
  run.process.kill('SIGINT');
  return run.ended;
}

function expectNoDefect(run: CliRun): void {
  expect(run.stderr()).toContain('Interrupted');
  expect(run.stderr()).not.toMatch(/defect|^\s+at /m);
}

/** Most of them wait: for as long as a call is given after the signal. So they wait together. */
describe('Ctrl-C', () => {
  const directories: string[] = [];
  afterAll(() => {
    for (const directory of directories) rmSync(directory, { recursive: true });
  });

  /** Where a file of this name is in a new folder. */
  function newFolder(): (name: string) => string {
    const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
    directories.push(directory);
    return (name) => join(directory, name);
  }

  test.concurrent('ends a send, which goes on where nothing is known to be sent', async () => {
    const at = newFolder();
    writeFileSync(at('users.csv'), `USER_ID\n${Array.from({ length: 500 }, (_, index) => `u-${index}`).join('\n')}\n`);
    await using running = await start(['send', at('users.csv')]);
    expect(await interruptOnce(running, 'SendMessageBatch')).toBe(130);
    expectNoDefect(running.run);
    expect(running.run.stderr()).toContain('Go on with the same command and --resume.');
    expect(JSON.parse(readFileSync(at('users.csv.checkpoint.json'), 'utf8'))).toMatchObject({
      position: { line: 2 },
      counts: { users: 0 },
    });
  });

  test.concurrent('ends a send that has not found its stack', async () => {
    const at = newFolder();
    writeFileSync(at('users.csv'), 'USER_ID\na\n');
    await using running = await start(['send', at('users.csv')], { DescribeStacks: NEVER });
    expect(await interruptOnce(running, 'DescribeStacks')).toBe(130);
    expectNoDefect(running.run);
  });

  test.concurrent('ends a send from standard input that says nothing', async () => {
    await using running = await start(['send', '-', '--format', 'csv']);
    running.run.process.stdin!.write('USER_ID\n');
    expect(await interruptOnce(running, 'DescribeStacks')).toBe(130);
    expectNoDefect(running.run);
    expect(running.aws.callsOf('SendMessageBatch')).toEqual([]);
  });

  test.concurrent.each([
    ['list', ['dlq', 'list']],
    ['show', ['dlq', 'show', 'one']],
    ['replay', ['dlq', 'replay', '--yes', '--limit', '1']],
    ['status', ['status']],
  ])('ends %s, when no letter comes', async (_, args) => {
    await using running = await start(args, { ReceiveMessage: NEVER });
    expect(await interruptOnce(running, 'ReceiveMessage')).toBe(130);
    expectNoDefect(running.run);
  });

  test.concurrent('ends an export, which leaves no file', async () => {
    const at = newFolder();
    await using running = await start(['dlq', 'export', at('letters.jsonl')], { ReceiveMessage: NEVER });
    expect(await interruptOnce(running, 'ReceiveMessage')).toBe(130);
    expectNoDefect(running.run);
    expect(readdirSync(at('.'))).toEqual([]);
  });

  test.concurrent('ends a look whose letters cannot be given back, and says when they are seen again', async () => {
    await using running = await start(['dlq', 'list'], { ChangeMessageVisibilityBatch: NEVER });
    expect(await interruptOnce(running, 'ChangeMessageVisibilityBatch')).toBe(130);
    expectNoDefect(running.run);
  });

  test.concurrent('ends a purge, of which nothing is known to be deleted', async () => {
    const at = newFolder();
    const line = JSON.stringify({ messageId: 'one', body: 'a' });
    writeFileSync(at('letters.jsonl'), `${line}\n`);
    await using running = await start(['dlq', 'purge', '--exported', at('letters.jsonl'), '--yes']);
    expect(await interruptOnce(running, 'DeleteMessageBatch')).toBe(130);
    expectNoDefect(running.run);
    expect(running.run.stdout()).toBe('');
  });

  test.concurrent('ends a replay whose letter may have been sent: it is not deleted, and given back', async () => {
    await using running = await start(['dlq', 'replay', '--yes', '--limit', '1']);
    expect(await interruptOnce(running, 'SendMessageBatch')).toBe(130);
    expectNoDefect(running.run);
    expect(running.aws.callsOf('DeleteMessageBatch')).toEqual([]);
    expect(running.run.stderr()).toContain('done again the next time');
  });

  test.concurrent('ends a status that CloudWatch does not answer, and is no failure of one that watches', async () => {
    await using running = await start(['status', '--watch']);
    expect(await interruptOnce(running, 'GetMetricData')).toBe(0);
    expect(running.run.stderr()).toBe('');
  });

  test.concurrent('cancels a move task at once, and says so if that is not known', async () => {
    let looks = 0;
    await using running = await start(['dlq', 'replay', '--yes'], {
      ListMessageMoveTasks: () => (looks++ === 0 ? { output: { Results: [] } } : { never: true }),
      StartMessageMoveTask: () => ({ output: { TaskHandle: 'the-task' } }),
      CancelMessageMoveTask: () => ({ output: {} }),
    });
    await until(() => running.aws.callsOf('ListMessageMoveTasks').length > 1);
    running.run.process.kill('SIGINT');
    expect(await running.run.ended).toBe(130);
    expectNoDefect(running.run);
    expect(running.aws.callsOf('CancelMessageMoveTask')).toHaveLength(1);
    expect(running.run.stderr()).toContain('aws sqs cancel-message-move-task --task-handle the-task');
  });

  test.concurrent('twice ends at once', async () => {
    await using running = await start(['dlq', 'list'], { ReceiveMessage: NEVER });
    await until(() => running.aws.callsOf('ReceiveMessage').length > 0);
    running.run.process.kill('SIGINT');
    await until(() => {
      running.run.process.kill('SIGINT');
      return running.run.process.exitCode !== null;
    });
    expect(await running.run.ended).toBe(130);
  });

  test.concurrent('ends the command of an edit with its children, and every letter is there, visible', async () => {
    const at = newFolder();
    const queues = await startLetterQueues();
    await queues.putLetters(letters(25));
    const edit = `echo $$ >> ${at('pids')}; sleep 1000; cat`;
    const run = startCli(['dlq', 'replay', '--edit', edit, '--yes', '--world', queues.worldFile]);
    await until(() => existsSync(at('pids')) && readFileSync(at('pids'), 'utf8').endsWith('\n'));
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expectNoDefect(run);
    await until(() =>
      readFileSync(at('pids'), 'utf8')
        .trim()
        .split('\n')
        .every((pid) => !isRunning(Number(pid))),
    );
    expect(queues.lettersDepth()).toEqual({ visible: 25, inFlight: 0, delayed: 0 });
    expect(queues.usersDepth().visible).toBe(0);
    await queues.stop();
  });
});

function isRunning(group: number): boolean {
  try {
    return process.kill(-group, 0);
  } catch {
    return false;
  }
}
