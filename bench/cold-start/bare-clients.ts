/** The function's yardstick: the SDK clients that it needs, ready to call, and nothing around them. */
import { PersonalizeEventsClient, PutUsersCommand } from '@aws-sdk/client-personalize-events';
import { ChangeMessageVisibilityBatchCommand, SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { fromEnv } from '@aws-sdk/credential-provider-env';

const personalize = new PersonalizeEventsClient({ credentials: fromEnv() });
const sqs = new SQSClient({ credentials: fromEnv() });

/** Sends one of each, so that esbuild leaves none of them out. */
export async function handler(): Promise<void> {
  await personalize.send(new PutUsersCommand({ datasetArn: '', users: [] }));
  await sqs.send(new SendMessageBatchCommand({ QueueUrl: '', Entries: [] }));
  await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: '', Entries: [] }));
}
