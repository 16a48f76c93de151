/** The users of a simulation: numbered, so that a call tells which messages it delivers. */
import type { Random } from '../../local/random.ts';

/** The number of a user, of which the first message holds the first ones, and so on. It is in the userId. */
export function numberOf(userId: string): number {
  return Number(userId.slice(userId.indexOf('-') + 1));
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
 */
export function bodyWriter(
  usersPerMessage: number,
  badUsers: number,
  random: Random,
  badKind: BadKind = 'certain',
): (message: number) => string {
  const user = (number: number) => {
    const bad = random() < badUsers;
    return {
      userId: `${bad ? 'bad' : 'user'}-${number}`,
      properties: {
        age: 18 + (number % 60),
        membershipType: 'Premium',
        favouriteGenres: 'drama|comedy',
        ...(bad && BAD_PROPERTIES[badKind]),
      },
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
