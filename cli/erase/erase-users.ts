/** Writes the tombstones of erased users. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import pMap from 'p-map';
import { userKey, VERSION_ATTRIBUTES, VERSIONS_REMEMBERED_IN_DAYS } from '../../aws/dynamodb/user-versions.ts';
import { type VersionOrder, versionOfTime } from '../../contract/message/record-version.ts';
import { readServerClock } from '../aws/server-clock.ts';
import { type Erasure, erasureOf, type Remembered, TOMBSTONE_CONDITION, TOMBSTONE_UPDATE } from './tombstone.ts';

export interface EraseOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly salt: string;
  readonly users: ReadonlySet<string>;
  /** What is older is kept out. @default now, by DynamoDB's clock */
  readonly version?: VersionOrder | undefined;
  /** Ends the waiting. */
  readonly signal: AbortSignal;
  /** Is told how many users are still being updated. @default nobody */
  readonly onWait?: (users: number) => void;
}

/** What it came to, in users. */
export interface EraseResult {
  readonly erased: number;
  /** A record with a later version had been delivered. */
  readonly newer: number;
  /** Somebody still delivered a record of theirs when it ended. */
  readonly beingUpdated: number;
}

/** Writes at a time. */
const WRITES_AT_A_TIME = 10;
/** Between two looks at users that are being updated, in milliseconds. */
const PAUSE_IN_MILLISECONDS = 1_000;
/** A lease lasts for an invocation, 15 minutes at most, and a minute. Source: Lambda quotas, function timeout; ADR 13. */
const LONGEST_WAIT_IN_MILLISECONDS = 17 * 60_000;
/** Replies tell the time in whole seconds, up to one too early: what was sent a moment ago is older, too. */
const ROUNDING_IN_MILLISECONDS = 1_000;

/** Writes a tombstone for each user. Throws what the client throws; written ones stay, and writing them again does no harm. */
export async function eraseUsers(options: EraseOptions): Promise<EraseResult> {
  const { client, users, signal, onWait } = options;
  const now = readServerClock(client);
  const [anybody] = users;
  // Only to learn the time.
  if (anybody !== undefined) await read(options, keyOf(anybody, options));
  const version = options.version ?? versionOfTime(Math.ceil(now()) + ROUNDING_IN_MILLISECONDS);
  const counts = { written: 0, newer: 0, beingUpdated: 0 };
  const giveUpAt = performance.now() + LONGEST_WAIT_IN_MILLISECONDS;
  let left: readonly string[] = [...users];
  for (;;) {
    const erasures = await pMap(left, (user) => write(options, user, { version, now: now() }), {
      concurrency: WRITES_AT_A_TIME,
      signal,
    });
    for (const { kind } of erasures) counts[kind]++;
    left = left.filter((_, index) => erasures[index]!.kind === 'beingUpdated');
    if (left.length === 0 || signal.aborted || performance.now() > giveUpAt) break;
    counts.beingUpdated = 0;
    onWait?.(left.length);
    await sleep(PAUSE_IN_MILLISECONDS, undefined, { signal });
  }
  return { erased: counts.written, newer: counts.newer, beingUpdated: counts.beingUpdated };
}

type Key = Readonly<Record<string, AttributeValue>>;

function keyOf(userId: string, { salt }: EraseOptions): Key {
  return { [VERSION_ATTRIBUTES.user]: { S: userKey(userId, salt) } };
}

async function write(
  options: EraseOptions,
  userId: string,
  { version, now }: { readonly version: VersionOrder; readonly now: number },
): Promise<Erasure> {
  const Key = keyOf(userId, options);
  const { delivered, owner, until, expires } = VERSION_ATTRIBUTES;
  const forgottenAt = Math.ceil(now / 1000) + VERSIONS_REMEMBERED_IN_DAYS * 24 * 60 * 60;
  try {
    await options.client.send(
      new UpdateItemCommand({
        TableName: options.table,
        Key,
        UpdateExpression: TOMBSTONE_UPDATE,
        ConditionExpression: TOMBSTONE_CONDITION,
        ExpressionAttributeNames: { '#delivered': delivered, '#owner': owner, '#until': until, '#expires': expires },
        ExpressionAttributeValues: {
          ':version': { N: String(version) },
          ':now': { N: String(Math.floor(now)) },
          ':expires': { N: String(forgottenAt) },
        },
      }),
      { abortSignal: options.signal },
    );
    return { kind: 'written' };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    const erasure = erasureOf(await read(options, Key), { version, now });
    // The lease has ended in between: it is written the next time.
    return erasure.kind === 'written' ? { kind: 'beingUpdated', until: now } : erasure;
  }
}

async function read({ client, table, signal }: EraseOptions, Key: Key): Promise<Remembered> {
  const { Item = {} } = await client.send(new GetItemCommand({ TableName: table, Key, ConsistentRead: true }), {
    abortSignal: signal,
  });
  const { delivered, owner, until } = VERSION_ATTRIBUTES;
  return {
    ...(Item[delivered]?.N !== undefined && { delivered: BigInt(Item[delivered].N) }),
    ...(Item[owner]?.S !== undefined && { owner: Item[owner].S }),
    ...(Item[until]?.N !== undefined && { until: Number(Item[until].N) }),
  };
}
