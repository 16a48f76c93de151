import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** Receives and deletes all that is in a queue, in the order in which it comes. */
export async function drain(client: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
  const drained: Message[] = [];
  for (;;) {
    const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
    if (Messages.length === 0) return drained;
    drained.push(...Messages);
    const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle: ReceiptHandle! }));
    await client.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
  }
}
