/** What a dead-letter queue holds, by reason. */
import { ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Dead letters that have the same reason. */
export interface DeadLetterGroup {
  readonly code: string;
  readonly message: string;
  readonly count: number;
}

/** What a message has that the queue itself moved there: its redrive policy attaches no reason. */
const MOVED_BY_THE_QUEUE = { code: '(none)', message: 'moved by the queue: the function failed on it again and again' };

/**
 * Receives all that is in the queue and groups it, most frequent first. The messages stay there, hidden until the
 * queue's visibility timeout ends.
 */
export async function groupDeadLetters(client: SQSClient, queueUrl: string): Promise<readonly DeadLetterGroup[]> {
  const counts = new Map<string, number>();
  for (;;) {
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) break;
    for (const { MessageAttributes } of Messages) {
      const code = MessageAttributes?.ErrorCode?.StringValue ?? MOVED_BY_THE_QUEUE.code;
      const message = MessageAttributes?.ErrorMessage?.StringValue ?? MOVED_BY_THE_QUEUE.message;
      const key = JSON.stringify([code, message]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([key, count]) => {
      const [code, message] = JSON.parse(key) as [string, string];
      return { code, message, count };
    })
    .toSorted((a, b) => b.count - a.count || a.code.localeCompare(b.code));
}
