/** The table of versions over HTTP, on a real DynamoDB API: it does what the protocol says that it does. */

import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { userKey } from '../../../aws/dynamodb/user-versions.ts';
import { userVersionsIn } from '../../../lambda/aws/user-versions.ts';
import { ORDER_TABLE_UNAVAILABLE } from '../../../lambda/core/order/lease.ts';
import type { UserVersions } from '../../../lambda/core/ports.ts';
import {
  createDynamoDbClient,
  type LocalDynamoDb,
  startLocalDynamoDb,
} from '../../../local/dynamodb/local-dynamodb.ts';
import { createModelTable } from '../../support/model-table.ts';
import { runs } from '../../support/property-runs.ts';

const REGION = 'eu-west-1';
const TABLE = { tableName: 'Versions', salt: 'salt' };
const WITHIN = { timeoutInMilliseconds: 20_000 };

let dynamoDb: LocalDynamoDb;
let client: ReturnType<typeof createDynamoDbClient>;
let versions: UserVersions;

beforeAll(async () => {
  dynamoDb = await startLocalDynamoDb({ region: REGION });
  await dynamoDb.createTable({ name: TABLE.tableName, partitionKey: 'user' });
  client = createDynamoDbClient({ endpoint: dynamoDb.endpoint, region: REGION });
  versions = userVersionsIn(TABLE, client);
}, 30_000);

afterAll(async () => {
  client?.destroy();
  await dynamoDb?.stop();
});

const owner = fc.constantFrom('a', 'b');
const version = fc.constantFrom(0n, 1_000_000n, 2_500_000n, (2n ** 64n - 1n) * 1_000_000n);
const time = fc.integer({ min: 1, max: 6 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('lease' as const), owner, version, now: time, until: time }),
  fc.record({
    kind: fc.constant('end' as const),
    owner,
    now: time,
    delivered: fc.option(version, { nil: undefined }),
    keptUntil: fc.option(time, { nil: undefined }),
  }),
);

describe('the table of versions', () => {
  let users = 0;

  test('does what the protocol says, whatever is asked of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 10 }), async (steps) => {
        const model = createModelTable();
        const userId = `user-${users++}`;
        for (const each of steps) {
          const [real, expected] =
            each.kind === 'lease'
              ? [await versions.lease([{ userId, ...each }], WITHIN), await model.lease([{ userId, ...each }], WITHIN)]
              : [await versions.end([{ userId, ...each }], WITHIN), await model.end([{ userId, ...each }], WITHIN)];
          expect(real).toEqual(expected);
        }
      }),
      runs(60),
    );
  }, 60_000);

  test('keeps a hash of the user, what the protocol needs, and when it may be forgotten', async () => {
    const [lease] = await versions.lease(
      [{ userId: 'secret', version: 7n, owner: 'me', now: 1000, until: 2000 }],
      WITHIN,
    );
    expect(lease).toMatchObject({ kind: 'leased' });
    await versions.end([{ userId: 'secret', owner: 'me', now: 1000, delivered: 7n }], WITHIN);
    const user = userKey('secret', TABLE.salt);
    const { Item } = await client.send(new GetItemCommand({ TableName: TABLE.tableName, Key: { user: { S: user } } }));
    expect(Item).toEqual({ user: { S: user }, delivered: { N: '7' }, expires: { N: String(1 + 100 * 24 * 60 * 60) } });
    expect(user).toMatch(/^[\w-]{43}$/);
    expect(userKey('secret', 'another salt')).not.toBe(user);
  });

  test('answers each request by itself, in their order', async () => {
    const at = { version: 1n, owner: 'me', now: 1000, until: 2000 };
    await versions.lease([{ ...at, userId: 'taken', owner: 'other' }], WITHIN);
    const replies = await versions.lease(
      Array.from({ length: 60 }, (_, index) => ({ ...at, userId: index === 30 ? 'taken' : `many-${index}` })),
      WITHIN,
    );
    expect(replies.map(({ kind }) => kind)).toEqual(
      Array.from({ length: 60 }, (_, index) => (index === 30 ? 'refused' : 'leased')),
    );
  });
});

describe('a table that is not there', () => {
  const at = { userId: 'a', version: 1n, owner: 'me', now: 1000, until: 2000 };

  test('is a failure of each write, with its reason', async () => {
    const elsewhere = userVersionsIn({ ...TABLE, tableName: 'Nowhere' }, client);
    expect(await elsewhere.lease([at], WITHIN)).toEqual([
      {
        kind: 'failed',
        reason: {
          code: ORDER_TABLE_UNAVAILABLE,
          message: expect.stringMatching(
            /^the table of versions could not be read or written: ResourceNotFoundException/,
          ),
        },
      },
    ]);
  });

  test('and so it is if it does not answer in time', async () => {
    expect(await versions.end([{ userId: 'a', owner: 'me', now: 1 }], { timeoutInMilliseconds: 1 })).toEqual([
      {
        kind: 'failed',
        reason: {
          code: ORDER_TABLE_UNAVAILABLE,
          message: expect.stringContaining('TimeoutError: no reply within 1 ms'),
        },
      },
    ]);
  });
});
