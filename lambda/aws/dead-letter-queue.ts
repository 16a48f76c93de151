import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { errorName } from '../../aws/error-name.ts';
import { messageBytes, toSqsAttributes } from '../../aws/sqs/attribute.ts';
import { notStored, packBatches, SQS_CALLS_AT_A_TIME } from '../../aws/sqs/batches.ts';
import { deduplicationIdOf } from '../../aws/sqs/deduplication-id.ts';
import { type TimeLimit, timeLimit } from '../../aws/time-limit.ts';
import type { DeadLetter } from '../core/dead-letter.ts';
import { letterRounds } from '../core/letter-rounds.ts';
import type { DeadLetterFailure, SendDeadLetters } from '../core/ports.ts';
import { MESSAGE_GROUP_BLOCKED } from '../core/settle.ts';

/** The dead-letter queue as a port: SendMessageBatch, entry by entry accounted for. */
export function sendDeadLettersWith(client: SQSClient, queueUrl: string): SendDeadLetters {
  const fifo = queueUrl.endsWith('.fifo');
  return async (letters, { timeoutInMilliseconds }) => {
    const limit = timeLimit(timeoutInMilliseconds);
    const send = (batch: readonly DeadLetter[]) => sendBatch(client, queueUrl, batch, fifo, limit);
    if (fifo) return sendInOrder(letters, send);
    const failures = await pMap(packLetters(letters), send, { concurrency: SQS_CALLS_AT_A_TIME });
    return failures.flat();
  };
}

/**
 * Sends letters round by round (letter-rounds.ts), those of a round in any order. What is behind a letter that is not known to be
 * stored waits with it: at the next attempt the letter would otherwise come after it, and undo it when both are replayed.
 */
async function sendInOrder(
  letters: readonly DeadLetter[],
  send: (batch: readonly DeadLetter[]) => Promise<readonly DeadLetterFailure[]>,
): Promise<readonly DeadLetterFailure[]> {
  const failures: DeadLetterFailure[] = [];
  const blocked = new Set<string>();
  for (const round of letterRounds(letters, groupOf)) {
    const { next = [], waiting = [] } = Object.groupBy(round, (letter) =>
      blocked.has(groupOf(letter)) ? 'waiting' : 'next',
    );
    failures.push(...waiting.map((letter) => ({ letter, code: MESSAGE_GROUP_BLOCKED })));
    for (const batch of packLetters(next)) {
      const failed = await send(batch);
      failures.push(...failed);
      for (const { letter } of failed) blocked.add(groupOf(letter));
    }
  }
  return failures;
}

/** Fills batches of letters up to what one call takes. */
export function packLetters(letters: readonly DeadLetter[]): readonly (readonly DeadLetter[])[] {
  return packBatches(letters, ({ body, attributes }) => messageBytes(body, attributes));
}

async function sendBatch(
  client: SQSClient,
  queueUrl: string,
  letters: readonly DeadLetter[],
  fifo: boolean,
  limit: TimeLimit,
): Promise<readonly DeadLetterFailure[]> {
  const Entries = letters.map((letter, index) => toEntry(letter, index, fifo));
  try {
    const reply = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }), {
      abortSignal: limit.signal,
    });
    return notStored(letters, reply).map(({ item, code }) => ({ letter: item, code }));
  } catch (error) {
    const code = errorName(limit.explain(error));
    return letters.map((letter) => ({ letter, code }));
  }
}

function toEntry({ source, index, body, attributes, messageGroupId }: DeadLetter, id: number, fifo: boolean) {
  const entry: SendMessageBatchRequestEntry = {
    Id: String(id),
    MessageBody: body,
    MessageAttributes: toSqsAttributes(attributes),
  };
  // A letter of a load is of the load when a move task returns it, too, if that keeps the group; SQS does not say.
  if (!fifo) return source.source === undefined ? entry : { ...entry, MessageGroupId: source.source };
  return {
    ...entry,
    MessageGroupId: groupOf({ source, messageGroupId }),
    // The same letter sent twice within five minutes, because an invocation was repeated, is stored once.
    MessageDeduplicationId: deduplicationIdOf({
      kind: 'deadLetter',
      sourceMessageId: source.messageId,
      place: index,
      body,
    }),
  };
}

function groupOf({ source, messageGroupId }: Pick<DeadLetter, 'source' | 'messageGroupId'>): string {
  return messageGroupId ?? source.messageGroupId ?? source.messageId;
}
