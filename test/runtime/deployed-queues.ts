/** The deployed queues, as producers, Lambda and operators use them. */
import {
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { type SqsRecord, toSqsRecord } from '../../local/event-source-mapping/sqs-event.ts';
import { CLIENT } from '../deploy/account.ts';
import type { Deployment } from './deployment.ts';

const sqs = new SQSClient(CLIENT);

/** Sends messages to the users queue, and receives each as a record of a batch, in their order. */
export async function sendAndReceive({ queue }: Deployment, bodies: readonly unknown[]): Promise<readonly SqsRecord[]> {
  const records: SqsRecord[] = [];
  for (const body of bodies) {
    await sqs.send(new SendMessageCommand({ QueueUrl: queue.url, MessageBody: JSON.stringify(body) }));
    records.push(...(await receive(queue.url)).map((message) => toSqsRecord(message, queue.arn)));
  }
  return records;
}

/** Receives what is in the dead-letter queue, ten at most. */
export function receiveDeadLetters({ deadLetterQueueUrl }: Deployment): Promise<readonly Message[]> {
  return receive(deadLetterQueueUrl);
}

/** Empties both queues. */
export async function purge({ queue, deadLetterQueueUrl }: Deployment): Promise<void> {
  for (const QueueUrl of [queue.url, deadLetterQueueUrl]) await sqs.send(new PurgeQueueCommand({ QueueUrl }));
}

async function receive(QueueUrl: string): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}
