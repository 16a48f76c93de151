/** The table of versions as a port: one conditional UpdateItem a write. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { userKey, VERSION_ATTRIBUTES, VERSIONS_REMEMBERED_IN_DAYS } from '../../aws/dynamodb/user-versions.ts';
import { errorName } from '../../aws/error-name.ts';
import { type TimeLimit, timeLimit } from '../../aws/time-limit.ts';
import type { Reason } from '../../contract/message/reason.ts';
import { type LeaseEnd, type LeaseRequest, ORDER_TABLE_UNAVAILABLE, type StoredVersion } from '../core/order/lease.ts';
import type { UserVersions } from '../core/ports.ts';

/** Where versions are. */
export interface VersionsTable {
  readonly tableName: string;
  /** The deployment's, for {@link userKey}. */
  readonly salt: string;
}

/** Writes at a time: at some milliseconds each, several times what a quota of 100 users a second needs. */
const WRITES_AT_A_TIME = 25;

/** Makes the port. `mayLease`, `afterLease`, `mayEnd` and `afterEnd` say what each write does; here it is an expression. */
export function userVersionsIn({ tableName, salt }: VersionsTable, client: DynamoDBClient): UserVersions {
  const writeAll = <Item extends { readonly userId: string }, Done>(
    items: readonly Item[],
    { timeoutInMilliseconds }: { readonly timeoutInMilliseconds: number },
    expressionOf: (item: Item) => Expression,
    done: (after: Attributes) => Done,
  ) => {
    const limit = timeLimit(timeoutInMilliseconds);
    return pMap(
      items,
      async (item): Promise<Done | { kind: 'refused'; stored: StoredVersion } | { kind: 'failed'; reason: Reason }> => {
        const place = { TableName: tableName, Key: { [VERSION_ATTRIBUTES.user]: { S: userKey(item.userId, salt) } } };
        try {
          return await write(client, { ...place, ...inputOf(expressionOf(item)) }, limit, done);
        } catch (error) {
          return { kind: 'failed', reason: reasonOf(limit.explain(error)) };
        }
      },
      { concurrency: WRITES_AT_A_TIME },
    );
  };
  return {
    lease: (requests, within) =>
      writeAll(requests, within, leaseExpression, (after) => ({ kind: 'leased' as const, stored: storedIn(after) })),
    end: (ends, within) => writeAll(ends, within, endExpression, () => ({ kind: 'ended' as const })),
  };
}

type Attributes = Readonly<Record<string, AttributeValue>>;

async function write<Done>(
  client: DynamoDBClient,
  input: UpdateItemCommandInput,
  { signal: abortSignal }: TimeLimit,
  done: (after: Attributes) => Done,
): Promise<Done | { readonly kind: 'refused'; readonly stored: StoredVersion }> {
  try {
    const { Attributes = {} } = await client.send(new UpdateItemCommand(input), { abortSignal });
    return done(Attributes);
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // DynamoDB says what the item was; not everything that speaks its language does.
    const found = error.Item ?? (await read(client, input, abortSignal));
    return { kind: 'refused', stored: storedIn(found) };
  }
}

async function read(
  client: DynamoDBClient,
  { TableName, Key }: UpdateItemCommandInput,
  abortSignal: AbortSignal,
): Promise<Attributes> {
  const { Item = {} } = await client.send(new GetItemCommand({ TableName, Key, ConsistentRead: true }), {
    abortSignal,
  });
  return Item;
}

/** A write, and what must hold for it. */
interface Expression {
  readonly update: string;
  readonly condition: string;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** See `mayLease` and `afterLease`. */
function leaseExpression({ version, owner, now, until }: LeaseRequest): Expression {
  return {
    update: 'SET #owner = :owner, #until = :until, #expires = :expires',
    condition:
      '(attribute_not_exists(#delivered) OR #delivered <= :version) AND ' +
      '(attribute_not_exists(#owner) OR #owner = :owner OR #until < :now)',
    values: {
      ':owner': { S: owner },
      ':until': { N: String(Math.ceil(until)) },
      ':version': { N: String(version) },
      ':now': { N: String(Math.floor(now)) },
      ':expires': expiresAt(now),
    },
  };
}

/** See `mayEnd` and `afterEnd`. */
function endExpression({ owner, now, delivered, keptUntil }: LeaseEnd): Expression {
  const set = ['#expires = :expires'];
  if (delivered !== undefined) set.push('#delivered = :delivered');
  if (keptUntil !== undefined) set.push('#until = :until');
  return {
    update: `SET ${set.join(', ')}${keptUntil === undefined ? ' REMOVE #owner, #until' : ''}`,
    condition: '#owner = :owner',
    values: {
      ':owner': { S: owner },
      ':expires': expiresAt(now),
      ...(delivered !== undefined && { ':delivered': { N: String(delivered) } }),
      ...(keptUntil !== undefined && { ':until': { N: String(Math.ceil(keptUntil)) } }),
    },
  };
}

function expiresAt(now: number): AttributeValue {
  return { N: String(Math.ceil(now / 1000) + VERSIONS_REMEMBERED_IN_DAYS * 24 * 60 * 60) };
}

function inputOf({ update, condition, values }: Expression) {
  const names = new Set(`${update} ${condition}`.match(/#\w+/g));
  return {
    UpdateExpression: update,
    ConditionExpression: condition,
    ExpressionAttributeNames: Object.fromEntries([...names].map((name) => [name, name.slice(1)])),
    ExpressionAttributeValues: { ...values },
    ReturnValues: 'ALL_NEW' as const,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** The attributes of an item, as numbers that have lost nothing. */
function storedIn(item: Attributes): StoredVersion {
  const { delivered, owner, until } = VERSION_ATTRIBUTES;
  return {
    ...(item[delivered]?.N !== undefined && { delivered: BigInt(item[delivered].N) }),
    ...(item[owner]?.S !== undefined && { owner: item[owner].S }),
    ...(item[until]?.N !== undefined && { until: Number(item[until].N) }),
  };
}

function reasonOf(error: unknown): Reason {
  const said = error instanceof Error && error.message !== '' ? `: ${error.message}` : '';
  return {
    code: ORDER_TABLE_UNAVAILABLE,
    message: `the table of versions could not be read or written: ${errorName(error)}${said}`,
  };
}
