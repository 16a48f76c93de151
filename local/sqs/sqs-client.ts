import { SQSClient } from '@aws-sdk/client-sqs';
import { SqsProtocol } from '../../aws/sqs/sqs-protocol.ts';
import { type LocalAddress, localClientSettings } from '../client-settings.ts';

/** The SDK's client for a local SQS server. Whoever makes it destroys it. */
export function createSqsClient(address: LocalAddress): SQSClient {
  return new SQSClient({ ...localClientSettings(address), protocol: SqsProtocol });
}
