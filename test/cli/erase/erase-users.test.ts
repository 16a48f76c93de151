/** Tombstones in a table over HTTP, on a real DynamoDB API, among the leases of the function. */
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { userKey } from '../../../aws/dynamodb/user-versions.ts';
import { eraseUsers } from '../../../cli/erase/erase-users.ts';
import { erasureOf } from '../../../cli/erase/tombstone.ts';
import { versionOfTime } from '../../../contract/message/record-version.ts';
import { userVersionsIn } from '../../../lambda/aws/user-versions.ts';
import { admissionOf } from '../../../lambda/core/order/lease.ts';
import type { UserVersions } from '../../../lambda/core/ports.ts';
import {
  createDynamoDbClient,
  type LocalDynamoDb,
  startLocalDynamoDb,
} from '../../../local/dynamodb/local-dynamodb.ts';
import { runs } from '../../support/property-runs.ts';

const TABLE = { tableName: 'Versions', salt: 'salt' };
const WITHIN = { timeoutInMilliseconds: 20_000 };

let dynamoDb: LocalDynamoDb;
let client: ReturnType<typeof createDynamoDbClient>;
let versions: UserVersions;

beforeAll(async () => {
  dynamoDb = await startLocalDynamoDb({ region: 'eu-west-1' });
  await dynamoDb.createTable({ name: TABLE.tableName, partitionKey: 'user' });
  client = createDynamoDbClient({ endpoint: dynamoDb.endpoint, region: 'eu-west-1' });
  versions = userVersionsIn(TABLE, client);
}, 30_000);
afterAll(async () => {
  client?.destroy();
  await dynamoDb?.stop();
});

const erase = (users: readonly string[], options: Partial<Parameters<typeof eraseUsers>[0]> = {}) =>
  eraseUsers({
    client,
    table: TABLE.tableName,
    salt: TABLE.salt,
    users: new Set(users),
    signal: new AbortController().signal,
    ...options,
  });

const lease = async (userId: string, version: bigint, owner = 'me', until = Date.now() + 60_000) => {
  const request = { userId, version, owner, now: Date.now(), until };
  const [reply] = await versions.lease([request], WITHIN);
  return admissionOf(reply!, request);
};
const end = (userId: string, delivered: bigint, owner = 'me') =>
  versions.end([{ userId, owner, now: Date.now(), delivered }], WITHIN);

test('what was sent before the erasure is superseded, and what comes later is taken', async () => {
  const before = Date.now();
  await lease('a', versionOfTime(before));
  await end('a', versionOfTime(before));
  expect(await erase(['a', 'unknown'])).toEqual({ erased: 2, newer: 0, beingUpdated: 0 });
  for (const user of ['a', 'unknown']) {
    expect(await lease(user, versionOfTime(before))).toEqual({ kind: 'superseded' });
    expect(await lease(user, 7_000_000n)).toEqual({ kind: 'superseded' });
    expect(await lease(user, versionOfTime(Date.now() + 10_000))).toEqual({ kind: 'call' });
  }
});

test('nothing is kept of a user but the hash, the time, and when it is forgotten', async () => {
  await erase(['secret'], { version: 5n });
  const user = { S: userKey('secret', TABLE.salt) };
  const { Item } = await client.send(new GetItemCommand({ TableName: TABLE.tableName, Key: { user } }));
  expect(Item).toEqual({ user, delivered: { N: '5' }, expires: { N: expect.any(String) } });
  const days = (Number(Item!.expires!.N) - Date.now() / 1000) / 86_400;
  expect(days).toBeGreaterThan(99);
  expect(days).toBeLessThan(101);
});

test('a user with a later version is told of, and stays', async () => {
  await lease('newer', 9n);
  await end('newer', 9n);
  expect(await erase(['newer'], { version: 8n })).toEqual({ erased: 0, newer: 1, beingUpdated: 0 });
  expect(await erase(['newer'], { version: 9n })).toEqual({ erased: 1, newer: 0, beingUpdated: 0 });
});

test('who is being updated is waited for, and what was delivered meanwhile is superseded', async () => {
  const version = versionOfTime(Date.now());
  await lease('busy', version);
  let looks = 0;
  const result = await erase(['busy'], {
    onWait: (users) => {
      expect(users).toBe(1);
      if (looks++ === 0) void end('busy', version);
    },
  });
  expect(looks).toBeGreaterThan(0);
  expect(result).toEqual({ erased: 1, newer: 0, beingUpdated: 0 });
  expect(await lease('busy', version)).toEqual({ kind: 'superseded' });
});

test('a lease that has run out is not waited for, and cannot be ended any more', async () => {
  await lease('stalled', 1n, 'stalled', Date.now() - 10_000);
  expect(await erase(['stalled'], { version: 2n })).toMatchObject({ erased: 1 });
  expect(await end('stalled', 1n, 'stalled')).toEqual([{ kind: 'refused', stored: { delivered: 2n } }]);
});

test('an interruption ends the waiting', async () => {
  await lease('held', 1n);
  const interruption = new AbortController();
  const erasing = erase(['held'], { signal: interruption.signal, onWait: () => interruption.abort(new Error('stop')) });
  await expect(erasing).rejects.toThrow();
});

test('the condition of the write is the decision, whatever is stored', async () => {
  let users = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.option(fc.bigInt(0n, 3n)),
      fc.option(fc.constantFrom(-100_000, 100_000)),
      fc.bigInt(0n, 3n),
      async (delivered, held, version) => {
        const user = `any-${users++}`;
        if (delivered !== null) {
          await lease(user, delivered);
          await end(user, delivered);
        }
        const until = held === null ? undefined : Date.now() + held;
        if (until !== undefined) await lease(user, 3n, 'somebody', until);
        const stored = { ...(delivered !== null && { delivered }), ...(until && { owner: 'somebody', until }) };
        const { kind } = erasureOf(stored, { version, now: Date.now() });
        const interruption = new AbortController();
        const result = await erase([user], {
          version,
          signal: interruption.signal,
          onWait: () => interruption.abort(new Error('waits')),
        }).catch((error: Error) => error.name);
        if (kind === 'beingUpdated') expect(result).toBe('AbortError');
        else expect(result).toMatchObject({ erased: Number(kind === 'written'), newer: Number(kind === 'newer') });
      },
    ),
    runs(40),
  );
}, 60_000);
