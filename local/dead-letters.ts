/** What a dead-letter queue holds, by reason. */
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { readLetter, SYSTEM_ATTRIBUTES, type UnreadableLetter } from '../aws/sqs/letter.ts';
import { createLetterGroups, type LetterGroup } from '../aws/sqs/letter-groups.ts';

/** The dead letters of a queue. */
export interface DeadLetters {
  /** The most frequent reason first. */
  readonly groups: readonly LetterGroup[];
  readonly unreadable: readonly UnreadableLetter[];
}

/**
 * Receives all that is in the queue and groups it. The messages stay there, hidden until the queue's visibility timeout
 * ends.
 */
export async function readDeadLetters(client: SQSClient, QueueUrl: string): Promise<DeadLetters> {
  const groups = createLetterGroups();
  const unreadable: UnreadableLetter[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
      }),
    );
    if (Messages.length === 0) return { groups: groups.toArray(), unreadable };
    for (const reading of Messages.map(readLetter)) {
      if (reading.kind === 'letter') groups.add(reading.letter);
      else unreadable.push(reading.letter);
    }
  }
}
