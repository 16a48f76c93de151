import type { SQSClient } from '@aws-sdk/client-sqs';
import { deleteMessages } from './delete-messages.ts';
import type { PolledQueue } from './polled-queue.ts';
import { createReceiver } from './receive-messages.ts';

/**
 * A queue of SQS.
 *
 * @param client - speaks to it; who made it destroys it
 */
export function sqsQueue(
  client: SQSClient,
  queue: { readonly url: string; readonly arn: string; answerLongPolls(): void },
): PolledQueue {
  return {
    createReceiver: (poller) => createReceiver({ client, queue, ...poller }),
    deleteMessages: (records) => deleteMessages(client, queue.url, records),
    answerLongPolls: () => queue.answerLongPolls(),
  };
}
