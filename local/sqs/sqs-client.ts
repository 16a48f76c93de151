import { SQSClient } from '@aws-sdk/client-sqs';
import { SqsProtocol } from '../../aws/sqs/sqs-protocol.ts';

/** Credentials for services that check none. */
export const DUMMY_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** Where an SQS server listens, and which region it plays. */
export interface SqsAddress {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
}

/** The SDK's client for a local SQS server. Whoever makes it destroys it. */
export function createSqsClient({ endpoint, region }: SqsAddress): SQSClient {
  return new SQSClient({ endpoint, region, credentials: DUMMY_CREDENTIALS, protocol: SqsProtocol });
}
