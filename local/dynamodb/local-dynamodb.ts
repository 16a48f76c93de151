/** DynamoDB on this machine: dynalite, in this process and in memory. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, waitUntilTableExists } from '@aws-sdk/client-dynamodb';
import { localClientSettings } from '../../aws/connections/local-client.ts';
import type { TableDefinition } from './table-definition.ts';

/** A server that runs. */
export interface LocalDynamoDb {
  /** Such as `http://127.0.0.1:8000`. */
  readonly endpoint: string;
  createTable(table: TableDefinition): Promise<void>;
  /** Stops the server. What is in its tables is gone. */
  stop(): Promise<void>;
}

/** Starts a server on a free port. */
export async function startLocalDynamoDb({ region }: { readonly region: string }): Promise<LocalDynamoDb> {
  // Only a world with a table needs it.
  const { default: dynalite } = await import('dynalite');
  const server = dynalite({ createTableMs: 0 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createDynamoDbClient({ endpoint, region });
  return {
    endpoint,
    createTable: async ({ name, partitionKey }) => {
      await client.send(
        new CreateTableCommand({
          TableName: name,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
          KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
        }),
      );
      await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 0.05, maxDelay: 0.2 }, { TableName: name });
    },
    stop: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The SDK's client for a local server. Whoever makes it destroys it. */
export function createDynamoDbClient(address: Parameters<typeof localClientSettings>[0]): DynamoDBClient {
  return new DynamoDBClient(localClientSettings(address));
}
