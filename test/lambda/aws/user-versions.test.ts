/** The table of versions over HTTP, on a real DynamoDB API: it does what the protocol says that it does. */

import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { userKey } from '../../../aws/dynamodb/user-versions.ts';
import { userVersionsIn } from '../../../lambda/aws/user-versions.ts';
import { ORDER_TABLE_UNAVAILABLE, type StoredVersion } from '../../../lambda/core/order/lease.ts';
import type { UserVersions } from '../../../lambda/core/ports.ts';
import {
  createDynamoDbClient,
  type LocalDynamoDb,
  startLocalDynamoDb,
} from '../../../local/dynamodb/local-dynamodb.ts';
import { createModelTable } from '../../support/model-table.ts';
import { runs } from '../../support/property-runs.ts';
import { localClient, startScriptedServer } from '../../support/scripted-server.ts';

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

describe('a call of the table', () => {
  /** A server that answers as the test says, and what it was asked. */
  async function scripted(
    answer: (operation: string) => { readonly status?: number; readonly body: unknown } | 'none',
  ) {
    // biome-ignore lint/suspicious/noExplicitAny: it is what the test compares
    const calls: { readonly operation: string; readonly body: any }[] = [];
    const server = await startScriptedServer((request, response, text) => {
      const operation = String(request.headers['x-amz-target']).split('.')[1]!;
      calls.push({ operation, body: JSON.parse(text) });
      const reply = answer(operation);
      if (reply === 'none') return;
      const { status = 200, body } = reply;
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify(body));
    });
    const own = new DynamoDBClient({ ...localClient(server.endpoint), maxAttempts: 1 });
    const stop = async () => {
      own.destroy();
      await server.stop();
    };
    return { calls, versions: userVersionsIn(TABLE, own), client: own, stop };
  }
  const REFUSED = { __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException', message: 'no' };
  const request = { userId: 'a', version: 7n, owner: 'me', now: 1000.5, until: 2000.5 };
  const key = { user: { S: userKey('a', TABLE.salt) } };

  test('asks for a lease by one write, with its condition', async () => {
    const { calls, versions: own, stop } = await scripted(() => ({ body: {} }));
    expect(await own.lease([request], WITHIN)).toEqual([{ kind: 'leased', stored: {} }]);
    const names = ['owner', 'until', 'expires', 'delivered'].map((name) => [`#${name}`, name]);
    expect(calls).toMatchObject([
      {
        operation: 'UpdateItem',
        body: {
          TableName: 'Versions',
          Key: key,
          ExpressionAttributeNames: Object.fromEntries(names),
          // A lease ends no sooner than was asked for, and has run out no sooner than it has.
          ExpressionAttributeValues: {
            ':owner': { S: 'me' },
            ':until': { N: '2001' },
            ':version': { N: '7' },
            ':now': { N: '1000' },
          },
          ReturnValues: 'ALL_NEW',
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ]);
    await stop();
  });

  test('keeps a lease until no sooner than was asked for', async () => {
    const { calls, versions: own, stop } = await scripted(() => ({ body: {} }));
    expect(await own.end([{ userId: 'a', owner: 'me', now: 1, keptUntil: 2000.5 }], WITHIN)).toEqual([
      { kind: 'ended' },
    ]);
    expect(calls[0]!.body.ExpressionAttributeValues[':until']).toEqual({ N: '2001' });
    await stop();
  });

  test('that is refused with what the item was needs no other', async () => {
    const Item = { ...key, delivered: { N: '18446744073709551615000000' }, owner: { S: 'other' }, until: { N: '5' } };
    const { calls, versions: own, stop } = await scripted(() => ({ status: 400, body: { ...REFUSED, Item } }));
    expect(await own.lease([request], WITHIN)).toEqual([
      { kind: 'refused', stored: { delivered: 18446744073709551615000000n, owner: 'other', until: 5 } },
    ]);
    expect(calls).toHaveLength(1);
    await stop();
  });

  test.each<[string, object, StoredVersion]>([
    ['the item', { Item: { ...key, delivered: { N: '8' } } }, { delivered: 8n }],
    ['that there is none', {}, {}],
  ])('that is refused without the item reads it, and finds %s', async (_, found, stored) => {
    const {
      calls,
      versions: own,
      stop,
    } = await scripted((operation) => (operation === 'GetItem' ? { body: found } : { status: 400, body: REFUSED }));
    expect(await own.lease([request], WITHIN)).toEqual([{ kind: 'refused', stored }]);
    expect(calls[1]).toEqual({
      operation: 'GetItem',
      body: { TableName: 'Versions', Key: key, ConsistentRead: true },
    });
    await stop();
  });

  test('that is refused, and whose item cannot be read, has failed', async () => {
    const broken = { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#AccessDenied', message: 'no' } };
    const { versions: own, stop } = await scripted((operation) =>
      operation === 'GetItem' ? broken : { status: 400, body: REFUSED },
    );
    expect(await own.lease([request], WITHIN)).toEqual([
      {
        kind: 'failed',
        reason: {
          code: ORDER_TABLE_UNAVAILABLE,
          message: 'the table of versions could not be read or written: AccessDenied: no',
        },
      },
    ]);
    await stop();
  });

  test('that fails for anything but its condition reads nothing', async () => {
    const broken = { status: 400, body: { __type: 'com.amazonaws.dynamodb.v20120810#AccessDenied', message: 'no' } };
    const {
      calls,
      versions: own,
      stop,
    } = await scripted((operation) => (operation === 'GetItem' ? { body: {} } : broken));
    expect(await own.lease([request], WITHIN)).toMatchObject([{ kind: 'failed' }]);
    expect(calls).toHaveLength(1);
    await stop();
  });

  test.each(['UpdateItem', 'GetItem'])('is given up in its time when %s has no answer', async (silent) => {
    const { versions: own, stop } = await scripted((operation) =>
      operation === silent ? 'none' : { status: 400, body: REFUSED },
    );
    expect(await own.lease([request], { timeoutInMilliseconds: 200 })).toEqual([
      {
        kind: 'failed',
        reason: {
          code: ORDER_TABLE_UNAVAILABLE,
          message: 'the table of versions could not be read or written: TimeoutError: no reply within 200 ms',
        },
      },
    ]);
    await stop();
  });

  test.each<[string, unknown, string]>([
    ['says nothing', Object.assign(new Error(''), { code: 'ECONNRESET' }), 'ECONNRESET'],
    ['says something', new RangeError('too many'), 'RangeError: too many'],
    ['is no error', 'broken', 'UnknownError'],
  ])('that throws what %s has failed for that', async (_, thrown, said) => {
    const { versions: own, client: broken, stop } = await scripted(() => ({ body: {} }));
    broken.middlewareStack.add(
      () => async () => {
        throw thrown;
      },
      { step: 'initialize' },
    );
    expect(await own.end([{ userId: 'a', owner: 'me', now: 1 }], WITHIN)).toEqual([
      {
        kind: 'failed',
        reason: {
          code: ORDER_TABLE_UNAVAILABLE,
          message: `the table of versions could not be read or written: ${said}`,
        },
      },
    ]);
    await stop();
  });

  test('is one of twenty-five at a time', async () => {
    const { client: own, versions: table, stop } = await scripted(() => ({ body: {} }));
    let [open, mostOpen] = [0, 0];
    own.middlewareStack.add(
      (next) => async (args) => {
        mostOpen = Math.max(mostOpen, ++open);
        return next(args).finally(() => open--);
      },
      { step: 'initialize' },
    );
    await table.lease(
      Array.from({ length: 60 }, (_, n) => ({ ...request, userId: `u${n}` })),
      WITHIN,
    );
    expect(mostOpen).toBe(25);
    await stop();
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
