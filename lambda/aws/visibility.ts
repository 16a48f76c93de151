import { ChangeMessageVisibilityBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { errorName } from '../../aws/error-name.ts';
import { packBatches, SQS_CALLS_AT_A_TIME } from '../../aws/sqs/batches.ts';
import { type TimeLimit, timeLimit } from '../../aws/time-limit.ts';
import type { ChangeVisibility, VisibilityChange } from '../core/ports.ts';

/** The visibility of the users queue's messages as a port: ChangeMessageVisibilityBatch. */
export function changeVisibilityWith(client: SQSClient, queueUrl: string): ChangeVisibility {
  return async (changes, { timeoutInMilliseconds }) => {
    const limit = timeLimit(timeoutInMilliseconds);
    const errors = await pMap(packBatches(changes), (batch) => changeBatch(client, queueUrl, batch, limit), {
      concurrency: SQS_CALLS_AT_A_TIME,
    });
    return errors.flat();
  };
}

async function changeBatch(
  client: SQSClient,
  queueUrl: string,
  changes: readonly VisibilityChange[],
  limit: TimeLimit,
): Promise<readonly string[]> {
  const Entries = changes.map(({ receiptHandle, delayInSeconds }, index) => ({
    Id: String(index),
    ReceiptHandle: receiptHandle,
    VisibilityTimeout: delayInSeconds,
  }));
  try {
    const { Failed = [] } = await client.send(
      new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }),
      { abortSignal: limit.signal },
    );
    return Failed.map(({ Code }) => Code ?? 'UnknownError');
  } catch (error) {
    const code = errorName(limit.explain(error));
    return changes.map(() => code);
  }
}
