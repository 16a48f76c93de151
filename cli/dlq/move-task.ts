/**
 * Replays the whole queue by SQS's own message move task: it runs in AWS, and goes on if this process ends. It can
 * neither select nor edit, and the messages keep the attributes that say why they failed; the function replaces those
 * if they fail again. It moves the oldest message first, so that groups keep their order. Sources: SQS API reference,
 * StartMessageMoveTask; SQS developer guide, dead-letter queue redrive.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CancelMessageMoveTaskCommand,
  ListMessageMoveTasksCommand,
  type ListMessageMoveTasksResultEntry,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { errorName } from '../../aws/error-name.ts';
import { CommandError } from '../failure.ts';
import { InterruptedError } from '../interruption.ts';

/** Messages a second that a task moves, at most. Source: StartMessageMoveTask API reference. */
export const MOST_MOVES_PER_SECOND = 500;

export interface MoveOptions {
  readonly sqs: SQSClient;
  readonly fromArn: string;
  readonly toArn: string;
  /** Whole messages a second, 1 to 500. */
  readonly perSecond: number;
  readonly signal?: AbortSignal | undefined;
  /** @default nobody */
  readonly onProgress?: (moved: number, total: number | undefined) => void;
  /** How often it is asked how far it is, in milliseconds. @default 1000 */
  readonly pollIntervalInMilliseconds?: number;
}

/** What a move came to. */
export type Move =
  | { readonly kind: 'moved'; readonly moved: number; readonly end: 'completed' | 'cancelled' | 'interrupted' }
  /** There are no move tasks here, or not for these credentials. */
  | { readonly kind: 'notAvailable'; readonly reason: string };

/** Errors that say that there are no move tasks here, by servers that are like SQS; moto's is a page of HTML. */
const NOT_AVAILABLE =
  /^(UnsupportedOperation|InvalidAction|UnknownOperation(Exception)?|NotImplemented|UnknownAction|SyntaxError)$/;
const DENIED = /^(AccessDenied(Exception)?|NotAuthorized)$/;

/**
 * Moves all messages and waits until it is done.
 *
 * @throws CommandError when another task moves messages already, or the task fails; and what the client throws
 */
export async function moveAll(options: MoveOptions): Promise<Move> {
  const started = await start(options);
  if (started.kind !== 'started') return started;
  try {
    return await follow(options, started);
  } catch (error) {
    throw error instanceof InterruptedError ? mayGoOn(error, started) : error;
  }
}

/** Whether it was cancelled is not known. */
function mayGoOn({ exitCode, message }: InterruptedError, { taskHandle }: Started): InterruptedError {
  const command = `aws sqs cancel-message-move-task --task-handle ${taskHandle}`;
  return new InterruptedError(exitCode, `${message} The message move task may go on.`, `Cancel it: ${command}`);
}

interface Started {
  readonly kind: 'started';
  readonly taskHandle: string;
  /** When the task before this one began, if there was one. */
  readonly lastStartedAt: number | undefined;
}

async function start({ sqs, fromArn, toArn, perSecond }: MoveOptions): Promise<Started | Move> {
  try {
    const last = await latestTask(sqs, fromArn);
    if (last?.Status === 'RUNNING') refuseSecondTask(last);
    const { TaskHandle } = await sqs.send(
      new StartMessageMoveTaskCommand({
        SourceArn: fromArn,
        // Without it, SQS would look for the queue that redrove each message: the function's letters have none.
        DestinationArn: toArn,
        MaxNumberOfMessagesPerSecond: perSecond,
      }),
    );
    return { kind: 'started', taskHandle: TaskHandle!, lastStartedAt: last?.StartedTimestamp };
  } catch (error) {
    const name = errorName(error);
    if (NOT_AVAILABLE.test(name)) return { kind: 'notAvailable', reason: 'There are no message move tasks here.' };
    if (DENIED.test(name)) return { kind: 'notAvailable', reason: 'No permission for message move tasks.' };
    throw error;
  }
}

function refuseSecondTask({
  ApproximateNumberOfMessagesMoved: moved = 0,
  TaskHandle,
}: ListMessageMoveTasksResultEntry) {
  throw new CommandError(`A message move task replays this queue already; it has moved ${moved} messages.`, {
    hint: `Wait until it is done, or cancel it: aws sqs cancel-message-move-task --task-handle ${TaskHandle}`,
  });
}

async function follow(options: MoveOptions, { taskHandle, lastStartedAt }: Started): Promise<Move> {
  const { sqs, fromArn, signal, onProgress, pollIntervalInMilliseconds = 1000 } = options;
  let end: 'completed' | 'cancelled' | 'interrupted' = 'completed';
  // At once: the answer to what is asked just now may never come.
  const cancelled = onAbort(signal, () => cancel(sqs, taskHandle));
  for (;;) {
    const latest = await latestTask(sqs, fromArn);
    const task = latest?.StartedTimestamp === lastStartedAt ? undefined : latest;
    const moved = task?.ApproximateNumberOfMessagesMoved ?? 0;
    // Counted when the task began. Beyond that it moves what has failed again meanwhile, round and round.
    const total = task?.ApproximateNumberOfMessagesToMove;
    onProgress?.(moved, total);
    switch (task?.Status) {
      case 'FAILED':
        throw new CommandError(`The message move task failed after ${moved} messages: ${task.FailureReason ?? ''}`, {
          hint: 'The rest is in the dead-letter queue as before. Repeat the command to go on.',
        });
      case 'COMPLETED':
        return { kind: 'moved', moved, end };
      case 'CANCELLED':
        return { kind: 'moved', moved, end: signal?.aborted ? 'interrupted' : end };
    }
    if (end === 'completed') {
      if (signal?.aborted) {
        end = 'interrupted';
        await cancelled;
      } else if (total !== undefined && moved > total) {
        end = 'cancelled';
        await cancel(sqs, taskHandle);
      }
    }
    await pause(pollIntervalInMilliseconds, end === 'completed' ? signal : undefined);
  }
}

/** Does something when the signal is aborted. What it throws is for whoever awaits it then. */
function onAbort(signal: AbortSignal | undefined, act: () => Promise<void>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  if (signal?.aborted) resolve(act());
  else signal?.addEventListener('abort', () => resolve(act()), { once: true });
  promise.catch(() => {});
  return promise;
}

async function latestTask(sqs: SQSClient, fromArn: string): Promise<ListMessageMoveTasksResultEntry | undefined> {
  const { Results = [] } = await sqs.send(new ListMessageMoveTasksCommand({ SourceArn: fromArn, MaxResults: 1 }));
  return Results[0];
}

async function cancel(sqs: SQSClient, taskHandle: string): Promise<void> {
  try {
    await sqs.send(new CancelMessageMoveTaskCommand({ TaskHandle: taskHandle }));
  } catch (error) {
    // It has ended meanwhile: what it came to is read next.
    if (!/ResourceNotFoundException|UnsupportedOperation/.test(errorName(error))) throw error;
  }
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return;
  await sleep(milliseconds, undefined, signal ? { signal } : {}).catch(() => {});
}
