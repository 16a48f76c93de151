/** How many dead letters would change nothing: newer records of their users were delivered, as the order guard's table knows. */
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { userKey, VERSION_ATTRIBUTES } from '../../aws/dynamodb/user-versions.ts';
import { errorName } from '../../aws/error-name.ts';
import type { Letter } from '../../aws/sqs/letter.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import {
  parseRecordVersion,
  RECORD_VERSION_ATTRIBUTE,
  type VersionOrder,
  versionOfTime,
} from '../../contract/message/record-version.ts';
import { dynamoDbOf } from '../dynamo-db.ts';
import type { Target } from '../target.ts';

/** What is known of how many letters are superseded. */
export type Superseded =
  | { readonly kind: 'known'; readonly letters: number }
  /** The table cannot be read; `why` is a sentence. */
  | { readonly kind: 'unknown'; readonly why: string };

/** Takes letters, and then counts. */
export interface SupersededCounter {
  add(letter: Letter): void;
  /** Asks the table. Never throws. */
  count(signal: AbortSignal): Promise<Superseded>;
}

/** A user of a letter. */
interface UserOfLetter {
  readonly key: string;
  readonly version: VersionOrder;
}

/** Source: BatchGetItem API reference. */
const KEYS_PER_REQUEST = 100;
/** Requests for keys that DynamoDB has left out, one after the other. */
const ATTEMPTS = 5;

/** Makes a counter; undefined when the deployment has no order guard. */
export function createSupersededCounter(target: Target): SupersededCounter | undefined {
  const { orderTable: table, orderSalt: salt, maxPropertiesLength } = target.settings;
  if (table === undefined || salt === undefined) return undefined;
  const read = createMessageReader({ maxPropertiesLength });
  const letters: (readonly UserOfLetter[])[] = [];
  return {
    add(letter) {
      const reading = read(letter.body);
      if (reading.kind === 'invalid' || reading.users.some(({ kind }) => kind === 'invalid')) return;
      const kept = parseRecordVersion(letter.attributes[RECORD_VERSION_ATTRIBUTE]?.stringValue);
      letters.push(
        reading.users.flatMap((user) =>
          user.kind === 'valid'
            ? [
                {
                  key: userKey(user.user.userId, salt),
                  version: user.version?.order ?? kept ?? versionOfTime(letter.sentAt),
                },
              ]
            : [],
        ),
      );
    },
    async count(signal) {
      const client = dynamoDbOf(target);
      try {
        const delivered = await readDelivered(
          client,
          table,
          [...new Set(letters.flat().map(({ key }) => key))],
          signal,
        );
        const isSuperseded = ({ key, version }: UserOfLetter) => (delivered.get(key) ?? -1n) > version;
        return { kind: 'known', letters: letters.filter((users) => users.every(isSuperseded)).length };
      } catch (error) {
        return {
          kind: 'unknown',
          why:
            `How many of them are superseded by newer records is not known: ${errorName(error)}. ` +
            `It takes dynamodb:BatchGetItem on the table ${table}.`,
        };
      } finally {
        client.destroy();
      }
    },
  };
}

async function readDelivered(
  client: DynamoDBClient,
  table: string,
  keys: readonly string[],
  abortSignal: AbortSignal,
): Promise<ReadonlyMap<string, VersionOrder>> {
  const { user, delivered } = VERSION_ATTRIBUTES;
  const found = new Map<string, VersionOrder>();
  for (let first = 0; first < keys.length; first += KEYS_PER_REQUEST) {
    let left = keys.slice(first, first + KEYS_PER_REQUEST).map((key) => ({ [user]: { S: key } }));
    for (let attempt = 1; left.length > 0; attempt++) {
      if (attempt > ATTEMPTS) throw Object.assign(new Error('keys are left'), { name: 'UnprocessedKeys' });
      const reply = await client.send(
        new BatchGetItemCommand({
          RequestItems: {
            [table]: {
              Keys: left,
              ProjectionExpression: '#user, #delivered',
              ExpressionAttributeNames: { '#user': user, '#delivered': delivered },
            },
          },
        }),
        { abortSignal },
      );
      for (const item of reply.Responses?.[table] ?? []) {
        const version = item[delivered]?.N;
        if (version !== undefined) found.set(item[user]!.S!, BigInt(version));
      }
      left = (reply.UnprocessedKeys?.[table]?.Keys ?? []) as typeof left;
    }
  }
  return found;
}
