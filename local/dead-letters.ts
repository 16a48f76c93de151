/** What a dead-letter queue holds, by reason. */
import { ChangeMessageVisibilityBatchCommand, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { packBatches } from '../aws/sqs/batches.ts';
import { readLetter, SYSTEM_ATTRIBUTES, type UnreadableLetter } from '../aws/sqs/letter.ts';
import { createLetterGroups, type LetterGroup } from '../aws/sqs/letter-groups.ts';

/** The dead letters of a queue. */
export interface DeadLetters {
  /** The most frequent reason first. */
  readonly groups: readonly LetterGroup[];
  readonly unreadable: readonly UnreadableLetter[];
}

/**
 * Receives all that is in the queue and groups it. The messages stay there, and are visible again at the end.
 */
export async function readDeadLetters(client: SQSClient, QueueUrl: string): Promise<DeadLetters> {
  const groups = createLetterGroups();
  const unreadable: UnreadableLetter[] = [];
  const receiptHandles: string[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
      }),
    );
    if (Messages.length === 0) break;
    for (const reading of Messages.map(readLetter)) {
      if (reading.kind === 'letter') groups.add(reading.letter);
      else unreadable.push(reading.letter);
      receiptHandles.push(reading.letter.receiptHandle);
    }
  }
  await makeVisible(client, QueueUrl, receiptHandles);
  return { groups: groups.toArray(), unreadable };
}

async function makeVisible(client: SQSClient, QueueUrl: string, receiptHandles: readonly string[]): Promise<void> {
  for (const batch of packBatches(receiptHandles)) {
    const Entries = batch.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: 0 }));
    await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }));
  }
}
