import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Receive } from './gather.ts';
import type { Poller } from './polled-queue.ts';
import { type SqsRecord, toSqsRecord } from './sqs-event.ts';

/** Pauses after receives that failed in a row, in milliseconds: doubled from the first to the longest. */
const FIRST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;

export interface ReceiverOptions extends Poller {
  readonly client: SQSClient;
  readonly queue: { readonly url: string; readonly arn: string };
}

/** Makes what receives for one poller. When receiving fails, it pauses, longer each time in a row, and gives none. */
export function createReceiver({ client, queue, clock, stopping, onError }: ReceiverOptions): Receive {
  let failuresInARow = 0;
  return async (maximum, waitInSeconds) => {
    const command = new ReceiveMessageCommand({
      QueueUrl: queue.url,
      MaxNumberOfMessages: maximum,
      WaitTimeSeconds: waitInSeconds,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    try {
      const { Messages = [] } = await client.send(command);
      failuresInARow = 0;
      return Messages.flatMap((message) => toRecords(message, queue.arn, onError));
    } catch (error) {
      onError(error as Error);
      await clock.pause(Math.min(FIRST_PAUSE * 2 ** failuresInARow, LONGEST_PAUSE), stopping);
      failuresInARow += 1;
      return [];
    }
  };
}

/** None for a message that no record can be made of. It stays in the queue, and the others go on. */
function toRecords(message: Message, queueArn: string, onError: Poller['onError']): readonly SqsRecord[] {
  try {
    return [toSqsRecord(message, queueArn)];
  } catch (error) {
    onError(new Error(`Message ${message.MessageId} cannot be read: ${(error as Error).message}`, { cause: error }));
    return [];
  }
}
