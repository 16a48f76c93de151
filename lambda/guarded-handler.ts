/** The function with the order guard: what Lambda calls where the deployment has `orderGuard`. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { userVersionsIn } from './aws/user-versions.ts';
import { createHandler } from './create-handler.ts';

export const handler = createHandler(process.env, (table, clientSettings) =>
  userVersionsIn(table, new DynamoDBClient(clientSettings)),
);
