import type { DeleteMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from '@jest/globals';
import { deleteMessages } from '../../../local/event-source-mapping/delete-messages.ts';
import { manyRecords } from './records.ts';

type Input = DeleteMessageBatchCommand['input'];

/** A client that answers each request as told, and keeps the requests. */
function createClient(answer: (input: Input, index: number) => object = () => ({})) {
  const requests: Input[] = [];
  const send = async ({ input }: DeleteMessageBatchCommand) => {
    requests.push(input);
    return answer(input, requests.length - 1);
  };
  return { requests, client: { send } as unknown as SQSClient };
}

describe('deleting messages', () => {
  test('goes in tens', async () => {
    const { client, requests } = createClient();

    expect(await deleteMessages(client, 'url', manyRecords(21))).toEqual([]);

    expect(requests.map(({ Entries }) => Entries?.length)).toEqual([10, 10, 1]);
    expect(requests.flatMap(({ Entries = [] }) => Entries.map(({ ReceiptHandle }) => ReceiptHandle))).toEqual(
      manyRecords(21).map(({ receiptHandle }) => receiptHandle),
    );
    expect(requests.every(({ QueueUrl }) => QueueUrl === 'url')).toBe(true);
  });

  test('asks for nothing when there is nothing to delete', async () => {
    const { client, requests } = createClient();

    expect(await deleteMessages(client, 'url', [])).toEqual([]);
    expect(requests).toEqual([]);
  });

  test('says which messages the queue would not delete', async () => {
    const { client } = createClient((_, index) => ({ Failed: index === 1 ? [{ Id: '0' }, { Id: '2' }] : [] }));

    expect(await deleteMessages(client, 'url', manyRecords(15))).toEqual(['m11', 'm13']);
  });

  test('says so of every message of a request that fails, and does the others', async () => {
    const { client } = createClient((_, index) => {
      if (index === 0) throw new Error('no connection');
      return {};
    });

    expect(await deleteMessages(client, 'url', manyRecords(12))).toEqual(
      manyRecords(10).map(({ messageId }) => messageId),
    );
  });
});
