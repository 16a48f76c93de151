/** The users of a simulation: numbered, so that a call tells which messages it delivers. */
import type { UserRecord } from '../../contract/message/schema.ts';
import type { Random } from '../../local/random.ts';

/** Users of whom there are many records. */
export interface HotUsers {
  /** The share of all records that are about them, from 0 to 1. */
  readonly share: number;
  /** How many they are, each as hot as the next. */
  readonly users: number;
}

const HOT = 'user-hot';

/** The number of a record, of which the first message holds the first ones, and so on. Who is not hot has it in the userId. */
export function numberOf({ userId, properties = '' }: UserRecord): number {
  return Number(userId.startsWith(HOT) ? /"drama\|(\d+)"/.exec(properties)![1] : userId.slice(userId.indexOf('-') + 1));
}

/** How many of the users in a body the API would take. */
export function goodUsersIn(body: string): number {
  return body.split('"user-').length - 1;
}

/** Whether the API refuses a user: its userId says so. */
export function isBad(userId: string): boolean {
  return userId.startsWith('bad-');
}

/**
 * Why the API refuses a bad user: a text that is no number, which whoever knows the schema is certain of, or a number for a
 * text, which nobody knows of beforehand.
 */
export type BadKind = 'certain' | 'uncertain';

const BAD_PROPERTIES: Readonly<Record<BadKind, object>> = {
  certain: { age: 'unknown' },
  uncertain: { membershipType: 7 },
};

/**
 * Makes what writes bodies.
 *
 * @param badUsers - the share of users that the API refuses, from 0 to 1
 * @param hotUsers - @default each record is about a user of its own
 */
export function bodyWriter(
  usersPerMessage: number,
  badUsers: number,
  random: Random,
  badKind: BadKind = 'certain',
  hotUsers?: HotUsers | undefined,
): (message: number) => string {
  const user = (number: number) => {
    const bad = random() < badUsers;
    const isHot = !bad && hotUsers !== undefined && random() < hotUsers.share;
    return {
      userId: isHot ? `${HOT}${Math.floor(random() * hotUsers.users)}` : `${bad ? 'bad' : 'user'}-${number}`,
      properties: {
        age: 18 + (number % 60),
        membershipType: 'Premium',
        favouriteGenres: isHot ? `drama|${number}` : 'drama|comedy',
        ...(bad && BAD_PROPERTIES[badKind]),
      },
      // All of a backlog are sent at once, so that the time does not tell which is the newer.
      ...(isHot && { version: number }),
    };
  };
  return (message) => {
    if (usersPerMessage === 1) return JSON.stringify(user(message));
    const users = Array.from({ length: usersPerMessage }, (_, index) => user(message * usersPerMessage + index));
    return JSON.stringify({ users });
  };
}

/** The Avro schema that good users follow and bad ones do not. Source: developer guide, Users dataset. */
export const SCHEMA = {
  type: 'record',
  name: 'Users',
  namespace: 'com.amazonaws.personalize.schema',
  fields: [
    { name: 'USER_ID', type: 'string' },
    { name: 'AGE', type: 'int' },
    { name: 'MEMBERSHIP_TYPE', type: 'string', categorical: true },
    { name: 'FAVOURITE_GENRES', type: 'string', categorical: true },
  ],
  version: '1.0',
};
