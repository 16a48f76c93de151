import { SQSClient } from '@aws-sdk/client-sqs';
import { type LocalAddress, localClientSettings } from '../connections/local-client.ts';
import { SqsProtocol } from './sqs-protocol.ts';

/** The SDK's client for a local SQS server. Whoever makes it destroys it. */
export function createSqsClient(address: LocalAddress): SQSClient {
  return new SQSClient({ ...localClientSettings(address), protocol: SqsProtocol });
}
