import { SendMessageBatchCommand, type SendMessageBatchRequestEntry, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { errorName } from '../../aws/error-name.ts';
import { messageBytes, toSqsAttribute } from '../../aws/sqs/attribute.ts';
import { notStored, packBatches, SQS_CALLS_AT_A_TIME } from '../../aws/sqs/batches.ts';
import { type TimeLimit, timeLimit } from '../../aws/time-limit.ts';
import type { DeadLetter } from '../core/dead-letter.ts';
import type { DeadLetterFailure, SendDeadLetters } from '../core/ports.ts';

/** The dead-letter queue as a port: SendMessageBatch, entry by entry accounted for. */
export function sendDeadLettersWith(client: SQSClient, queueUrl: string): SendDeadLetters {
  const fifo = queueUrl.endsWith('.fifo');
  return async (letters, { timeoutInMilliseconds }) => {
    const limit = timeLimit(timeoutInMilliseconds);
    const batches = packLetters(letters);
    // A FIFO queue has an order to keep.
    const failures = await pMap(batches, (batch) => sendBatch(client, queueUrl, batch, fifo, limit), {
      concurrency: fifo ? 1 : SQS_CALLS_AT_A_TIME,
    });
    return failures.flat();
  };
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

function toEntry({ source, index, body, attributes }: DeadLetter, id: number, fifo: boolean) {
  const entry: SendMessageBatchRequestEntry = {
    Id: String(id),
    MessageBody: body,
    MessageAttributes: Object.fromEntries(
      Object.entries(attributes).map(([name, attribute]) => [name, toSqsAttribute(attribute)]),
    ),
  };
  if (!fifo) return entry;
  return {
    ...entry,
    MessageGroupId: source.messageGroupId ?? source.messageId,
    // The same letter sent twice within five minutes, because an invocation was repeated, is stored once.
    MessageDeduplicationId: `${source.messageId}-${index}`,
  };
}
