import { SQSClient } from '@aws-sdk/client-sqs';
import { expect, test } from '@jest/globals';
import { type QueueClient, usableClient } from '../../producer/given-client.ts';

test('a client of this SDK is taken, and one of a test that has no configuration', () => {
  const client = new SQSClient({ region: 'eu-west-1' });
  const double: QueueClient = { send: async () => ({}) };
  expect(usableClient(client)).toBe(client);
  expect(usableClient(double)).toBe(double);
});

test('a client of an SDK that serializes in another way is refused before it fails with every batch', () => {
  const old = { config: { region: async () => 'eu-west-1' }, send: async () => ({}) };
  expect(() => usableClient(old)).toThrow(
    'client takes an SQSClient of @aws-sdk/client-sqs 3.972.0 or newer, and this is of an older one: update the package.',
  );
});
