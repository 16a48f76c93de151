/** DynamoDB of a deployment. */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { localClientSettings } from '../aws/connections/local-client.ts';
import { clientSettings } from './stack-target.ts';
import type { Target } from './target.ts';

/** Makes a client. Whoever makes it destroys it. */
export function dynamoDbOf(target: Target): DynamoDBClient {
  if (target.kind === 'aws') return new DynamoDBClient(clientSettings(target.place));
  return new DynamoDBClient(
    localClientSettings({ endpoint: target.dynamoDbEndpoint ?? 'http://127.0.0.1:1', region: target.region }),
  );
}
