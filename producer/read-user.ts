/** From a user, as a program has it, to what a message carries; held to the message contract on the way. */
import { CONTRACT_VIOLATION, describePath, type MessageReader } from '../contract/message/read-message.ts';
import type { Reason } from '../contract/message/reason.ts';
import type { GivenVersion } from '../contract/message/record-version.ts';
import type { UserRecord } from '../contract/message/schema.ts';

/** What a user turned out to be. */
export type UserReading =
  | { readonly kind: 'valid'; readonly user: UserRecord; readonly version?: GivenVersion }
  | { readonly kind: 'refused'; readonly reason: Reason };

/**
 * Reads a user. `JSON.stringify` would drop, round or rewrite some values without a word; here they are refused.
 *
 * @param user - of any type: a program in JavaScript has no types to keep it
 * @param readMessage - the contract's own reader
 */
export function readUser(user: unknown, readMessage: MessageReader): UserReading {
  if (!isObject(user)) return refused('the user must be an object: {userId, properties}');
  const found = problemWithMembers(user) ?? problemWithVersion(user.version) ?? problemWith(user.properties);
  if (found) return refused(found);

  const reading = readMessage(JSON.stringify(writableMembers(user)));
  const only = reading.kind === 'invalid' ? reading : reading.users[0]!;
  return only.kind === 'valid' ? only : { kind: 'refused', reason: only.reason };
}

const MEMBERS: ReadonlySet<string> = new Set(['userId', 'properties', 'version']);

/** What is wrong with a user as a whole. Methods are no members, as with JSON. */
function problemWithMembers(user: Members): string | undefined {
  if (typeof user.toJSON === 'function') return NOT_CALLED;
  const other = Object.keys(user).find(
    (name) => !MEMBERS.has(name) && user[name] !== undefined && typeof user[name] !== 'function',
  );
  if (other === 'users') return 'users: is not a member of a user';
  if (other !== undefined) return `${describePath([other])}: is not a member of the message contract`;
  return user.userId === undefined || typeof user.userId === 'string' ? undefined : 'userId: must be a string';
}

const NOT_CALLED = 'toJSON: is not called: give the plain object that it makes';

/** What is wrong with a version that JSON would not tell. */
function problemWithVersion(version: unknown): string | undefined {
  if (version instanceof Date) return Number.isNaN(version.getTime()) ? 'version: is an invalid Date' : undefined;
  const problem = typeof version === 'number' ? problemWithNumber(version) : undefined;
  return problem && `version: ${problem}`;
}

/** What is wrong with properties that JSON would not tell. */
function problemWith(properties: unknown): string | undefined {
  if (properties === undefined || properties === null || typeof properties === 'string') return undefined;
  if (!isObject(properties)) return Array.isArray(properties) ? undefined : notPlain(typeof properties);
  const kind = Object.prototype.toString.call(properties).slice('[object '.length, -1);
  if (kind !== 'Object') return notPlain(kind);
  if (typeof properties.toJSON === 'function' && !Object.hasOwn(properties, 'toJSON'))
    return `properties.${NOT_CALLED}`;
  for (const [name, value] of Object.entries(properties)) {
    const problem = problemWithValue(value);
    if (problem) return `${describePath(['properties', name])}: ${problem}`;
  }
  return undefined;
}

/** `JSON.stringify` makes `{}` of most of these, and PutUsers would replace all that is stored of the user by nothing. */
function notPlain(kind: string): string {
  const article = /^[AEIOU]/.test(kind) && kind !== 'Uint8Array' ? 'an' : 'a';
  return `properties: must be a plain object, not ${article} ${kind}${REMEDIES[kind] ?? ''}`;
}

const REMEDIES: Readonly<Record<string, string>> = {
  Promise: ': is an await missing?',
  Map: ': Object.fromEntries makes one of it',
};

function problemWithValue(value: unknown): string | undefined {
  switch (typeof value) {
    case 'number':
      return problemWithNumber(value);
    case 'object':
      if (value === null) return undefined;
      return Array.isArray(value) ? problemWithCategories(value) : 'nested objects are not allowed';
    case 'function':
    case 'symbol':
      return `must be a string, number, boolean, null or an array of strings, not a ${typeof value}`;
    default:
      return undefined;
  }
}

function problemWithNumber(number: number): string | undefined {
  if (!Number.isFinite(number)) return `must be a finite number, not ${number}`;
  return Number.isInteger(number) && !Number.isSafeInteger(number)
    ? 'is a whole number beyond 2^53, which may have lost digits: give it as a bigint'
    : undefined;
}

function problemWithCategories(categories: readonly unknown[]): string | undefined {
  if (categories.length === 0) return 'must not be an empty array: leave it out, or send null';
  if (categories.some((category) => typeof category !== 'string')) return 'must be an array of strings';
  return categories.some((category) => (category as string).includes('|'))
    ? 'holds a category with a "|", which would become two'
    : undefined;
}

/** The members in a form that `JSON.stringify` writes as they are meant. What the contract refuses, it is given something like. */
function writableMembers({ userId, properties, version }: Members): object {
  return { userId, properties: writable(properties), version: writableVersion(version) };
}

function writableVersion(version: unknown): unknown {
  if (typeof version === 'bigint') return rawJSON(String(version));
  const isWritable = version instanceof Date || ['undefined', 'number', 'string'].includes(typeof version);
  return isWritable ? version : null;
}

function writable(properties: unknown): unknown {
  if (Array.isArray(properties)) return [];
  if (!isObject(properties)) return properties;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, writableValue(value)]));
}

const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

function writableValue(value: unknown): unknown {
  if (typeof value === 'bigint') return rawJSON(String(value));
  return Array.isArray(value) ? value.join('|') : value;
}

type Members = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refused(message: string): UserReading {
  return { kind: 'refused', reason: { code: CONTRACT_VIOLATION, message } };
}
