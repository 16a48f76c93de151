/**
 * The body of a PutUsers request: from bytes to members of the right JSON type.
 *
 * Whether the members hold what they must is the business of `constraints.ts`.
 */
import { ServiceError } from './errors.ts';
import { isJsonObject, kindOf } from './json.ts';

/** A request as it came. A member that was absent or null is undefined. */
export interface PutUsersInput {
  readonly datasetArn: string | undefined;
  readonly users: readonly (UserInput | undefined)[] | undefined;
}

/** One of its users as it came. `properties` is a JSON object in a string: so the SDKs and the CLI send it. */
export interface UserInput {
  readonly userId: string | undefined;
  readonly properties: string | undefined;
}

/**
 * Reads the body of a request. An empty body is a request without members; members that PutUsers does not have are
 * passed over.
 *
 * @throws ServiceError SerializationException for a body that is not JSON, or a member that is of another JSON type
 */
export function readRequest(body: string): PutUsersInput {
  const { datasetArn, users } = readObject(body === '' ? {} : parse(body), 'request body');
  return {
    datasetArn: readString(datasetArn, 'datasetArn'),
    users: readList(users, 'users')?.map(readUser),
  };
}

/** The name of a user's member as error messages give it: `users.1.member.userId` is that of the first user. */
export function memberOfUser(index: number, member?: keyof UserInput): string {
  const user = `users.${index + 1}.member`;
  return member === undefined ? user : `${user}.${member}`;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ServiceError('SerializationException', 'The request body is not valid JSON');
  }
}

function readUser(user: unknown, index: number): UserInput | undefined {
  if (user === null) return undefined;
  const { userId, properties } = readObject(user, memberOfUser(index));
  return {
    userId: readString(userId, memberOfUser(index, 'userId')),
    properties: readString(properties, memberOfUser(index, 'properties')),
  };
}

function readObject(value: unknown, member: string): Readonly<Record<string, unknown>> {
  if (!isJsonObject(value)) throw wrongType(member, 'an object', value);
  return value;
}

function readList(value: unknown, member: string): readonly unknown[] | undefined {
  if (value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) throw wrongType(member, 'an array', value);
  return value;
}

function readString(value: unknown, member: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw wrongType(member, 'a string', value);
  return value;
}

function wrongType(member: string, expected: string, value: unknown): ServiceError {
  return new ServiceError('SerializationException', `Value at '${member}' must be ${expected}, not ${kindOf(value)}`);
}
