/** Message bodies from a file, one a line, and their way into a queue. */
import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { packBatches } from '../aws/sqs/batches.ts';
import { newDeduplicationId } from '../aws/sqs/deduplication-id.ts';
import { groupOfUser } from '../aws/sqs/message-group.ts';
import { fileProblem } from '../contract/input/file-problem.ts';
import { readSteadily } from '../contract/input/steady-file.ts';
import { linesOf, textOf } from '../contract/input/utf8-text.ts';
import { UnusableFileError } from './unusable-file.ts';

/** A message body and where it stands in the file. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly body: string;
}

/** A line that the queue did not take, and what it said. */
export interface RefusedLine {
  readonly line: Line;
  readonly reason: string;
}

/**
 * Reads the lines of a file that are not blank.
 *
 * @throws UnusableFileError when it cannot be read, has none, or one that is not UTF-8; and when none is JSON
 */
export async function readLines(file: string): Promise<readonly Line[]> {
  const lines: Line[] = [];
  try {
    for await (const { number, bytes } of linesOf(readSteadily(file))) {
      const body = textOf(bytes) ?? refuse(file, number);
      if (body.trim() !== '') lines.push({ number, body });
    }
  } catch (error) {
    if (error instanceof UnusableFileError) throw error;
    throw new UnusableFileError(
      `${file} cannot be read: ${fileProblem(error)?.why ?? describe(error)}. Give a file of JSON Lines, one message body a line.`,
    );
  }
  if (lines.length === 0)
    throw new UnusableFileError(`${file} holds no messages. It takes JSON Lines, one message body a line.`);
  if (!lines.some(({ body }) => /^\s*\{/.test(body))) {
    throw new UnusableFileError(
      `${file} is no JSON Lines: none of its lines begins with {. Is it CSV, or other JSON? Then type npm start -- --serve, and in another ` +
        `terminal: npx personalize-users send ${file} --local`,
    );
  }
  return lines;
}

function refuse(file: string, line: number): never {
  throw new UnusableFileError(
    `${file}: line ${line} is not UTF-8. Convert the file, say with: iconv -f WINDOWS-1252 -t UTF-8`,
  );
}

/**
 * Sends lines in their order, ten at a time.
 *
 * @returns the lines that the queue did not take
 */
export async function sendLines(
  client: SQSClient,
  queueUrl: string,
  lines: readonly Line[],
): Promise<readonly RefusedLine[]> {
  const groupOf = queueUrl.endsWith('.fifo') ? groupsFor(lines) : undefined;
  const refused: RefusedLine[] = [];
  for (const batch of packBatches(lines, ({ body }) => Buffer.byteLength(body))) {
    const Entries = batch.map((line, index) => ({
      Id: String(index),
      MessageBody: line.body,
      ...(groupOf && { MessageGroupId: groupOf(line), MessageDeduplicationId: newDeduplicationId() }),
    }));
    try {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      for (const { Id, Code, Message } of Failed) {
        refused.push({ line: batch[Number(Id)]!, reason: Message ?? Code ?? 'no reason given' });
      }
    } catch (error) {
      refused.push(...batch.map((line) => ({ line, reason: describe(error) })));
    }
  }
  return refused;
}

/** A group for each user; or one for all, if a line holds several users, or nobody can say whom: their order is that of the file. */
function groupsFor(lines: readonly Line[]): (line: Line) => string {
  const groups = new Map<Line, string>();
  for (const line of lines) {
    const userId = userIdIn(line.body);
    if (userId === undefined) return () => 'file';
    groups.set(line, groupOfUser({ userId }));
  }
  return (line) => groups.get(line)!;
}

function userIdIn(body: string): string | undefined {
  try {
    const { userId } = JSON.parse(body) as { userId?: unknown };
    return typeof userId === 'string' && userId !== '' ? userId : undefined;
  } catch {
    return undefined;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
