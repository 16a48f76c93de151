/** What the command line says of dead letters that newer records have overtaken: the real queues and table APIs, over HTTP. */
import { readFileSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { versionOfTime } from '../../../contract/message/record-version.ts';
import { userVersionsIn } from '../../../lambda/aws/user-versions.ts';
import {
  createDynamoDbClient,
  type LocalDynamoDb,
  startLocalDynamoDb,
} from '../../../local/dynamodb/local-dynamodb.ts';
import { type LetterQueues, startLetterQueues } from '../support/letter-queues.ts';
import { runCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

const TABLE = { tableName: 'Versions', salt: 'salt' };
const WITHIN = { timeoutInMilliseconds: 20_000 };

describe('dead letters of a deployment with the order guard', () => {
  let queues: LetterQueues;
  let dynamoDb: LocalDynamoDb;
  beforeAll(async () => {
    dynamoDb = await startLocalDynamoDb({ region: 'eu-west-1' });
    await dynamoDb.createTable({ name: TABLE.tableName, partitionKey: 'user' });
    const client = createDynamoDbClient({ endpoint: dynamoDb.endpoint, region: 'eu-west-1' });
    const versions = userVersionsIn(TABLE, client);
    const at = { owner: 'me', now: 1, until: 2 };
    const delivered = { newer: versionOfTime(Date.now() + 3_600_000), older: versionOfTime(1), numbered: 7_000_000n };
    for (const [userId, version] of Object.entries(delivered)) {
      await versions.lease([{ ...at, userId, version }], WITHIN);
      await versions.end([{ ...at, userId, delivered: version }], WITHIN);
    }
    client.destroy();
  });
  afterAll(() => dynamoDb?.stop());

  beforeEach(async () => {
    queues = await startLetterQueues();
    know(TABLE.tableName);
    await queues.putLetters([
      { body: '{"userId":"newer"}' },
      { body: '{"userId":"older"}' },
      { body: '{"userId":"unknown"}' },
      { body: '{"userId":"numbered","version":6}' },
      { body: '{"userId":"numbered","version":7}' },
      { body: '{"userId":"newer","propertees":{}}' },
      { body: '{"users":[{"userId":"newer"},{"userId":"older"}]}' },
    ]);
  });
  afterEach(() => queues.stop());

  function know(orderTable: string): void {
    const world = JSON.parse(readFileSync(queues.worldFile, 'utf8'));
    world.settings = { ...world.settings, orderTable, orderSalt: TABLE.salt };
    world.endpoints.dynamoDb = dynamoDb.endpoint;
    writeFileSync(queues.worldFile, JSON.stringify(world));
  }

  const dlq = (...args: readonly string[]) => runCli(['dlq', ...args, '--world', queues.worldFile]);

  test('list tells how many would be superseded', async () => {
    expect((await dlq('list')).stdout).toContain(
      '2 dead letters would be superseded: newer records of their users were delivered.',
    );
    expect(JSON.parse((await dlq('list', '--json')).stdout)).toMatchObject({ deadLetters: 7, superseded: 2 });
  });

  test('replay tells it beforehand', async () => {
    const { stderr } = await dlq('replay', '--dry-run');
    expect(stderr).toContain('2 dead letters will be superseded: newer records of their users were delivered.');
  });

  test('a table that cannot be read is a note, and no failure', async () => {
    know('Nowhere');
    const { code, stdout, stderr } = await dlq('list', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ deadLetters: 7, superseded: null });
    expect(stderr).toContain(
      'is not known: ResourceNotFoundException. It takes dynamodb:BatchGetItem on the table Nowhere.',
    );
  });

  test('a replayed letter is as old as it was, and one that does not say it as old as the letter', async () => {
    const before = Date.now();
    await queues.takeLetters();
    await queues.putLetters([
      { body: '{"userId":"a"}' },
      { body: '{"userId":"b"}', attributes: { RecordVersion: '17' } },
    ]);
    const { code } = await dlq('replay', '--yes');
    expect(code).not.toBeNull();
    const sent = await queues.takeUsers();
    const versionOf = (userId: string) =>
      sent.find(({ body }) => body.includes(`"${userId}"`))?.attributes.RecordVersion;
    expect(versionOf('b')).toBe('17');
    expect(Number(versionOf('a'))).toBeGreaterThanOrEqual(before - 1000);
    expect(Number(versionOf('a'))).toBeLessThanOrEqual(Date.now());
  });
});
