/** The table of versions, as it is stored: what an item is called, and what is in it. */
import { createHmac } from 'node:crypto';

/** The names of an item's attributes. */
export const VERSION_ATTRIBUTES = {
  /** The key: {@link userKey}. */
  user: 'user',
  /** The newest version that was delivered, in millionths. */
  delivered: 'delivered',
  /** Who holds the lease. */
  owner: 'owner',
  /** When the lease ends, in milliseconds since the epoch. */
  until: 'until',
  /** When the item may be forgotten, in seconds since the epoch: what DynamoDB's time to live goes by. */
  expires: 'expires',
} as const;

/**
 * For how long a version is remembered after it was delivered, in days. A record can spend 14 days in the users queue and 14 in the
 * dead-letter queue, and again after each replay; an older one that comes later than this is not known to be older.
 */
export const VERSIONS_REMEMBERED_IN_DAYS = 100;

/**
 * What a user is called in the table: the table alone does not tell which users there are.
 *
 * @param salt - the deployment's
 */
export function userKey(userId: string, salt: string): string {
  return createHmac('sha256', salt).update(userId).digest('base64url');
}
