import { DeleteMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { packBatches } from '../../aws/sqs/batches.ts';
import type { SqsRecord } from './sqs-event.ts';

/**
 * Deletes messages from a queue. What cannot be deleted is left to be seen again.
 *
 * @returns the ids of the messages that could not be deleted
 */
export async function deleteMessages(
  client: SQSClient,
  queueUrl: string,
  records: readonly SqsRecord[],
): Promise<readonly string[]> {
  const undeleted = await Promise.all(packBatches(records).map((group) => deleteGroup(client, queueUrl, group)));
  return undeleted.flat();
}

async function deleteGroup(
  client: SQSClient,
  queueUrl: string,
  records: readonly SqsRecord[],
): Promise<readonly string[]> {
  const Entries = records.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }));
  try {
    const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
    return Failed.map(({ Id }) => records[Number(Id)]!.messageId);
  } catch {
    return records.map(({ messageId }) => messageId);
  }
}
