/**
 * The constraints that the service model puts on PutUsers, and the sentences in which the service says that one is
 * broken.
 *
 * Sources: API_UBS_PutUsers.md for the request, the API reference of `User` for its members.
 */
import { characters } from './characters.ts';
import { ServiceError } from './errors.ts';
import { memberOfUser, type PutUsersInput, type UserInput } from './request.ts';

/** A request that keeps every constraint. */
export interface PutUsersRequest {
  readonly datasetArn: string;
  readonly users: readonly RequestedUser[];
}

/** A user of such a request. What is inside `properties` has not been looked at. */
export interface RequestedUser {
  readonly userId: string;
  readonly properties: string | undefined;
}

/** Limits that have changed between editions of the API reference. */
export interface Limits {
  /** The most characters that the `properties` of one user may have as a string. */
  readonly maxPropertiesLength: number;
}

/** How the service writes the pattern. The whole ARN must match. */
const DATASET_ARN_PATTERN = 'arn:([a-z\\d-]+):personalize:.*:.*:.+';
/** The same, written so that there is one way to match at most: as it stands, it takes hours for a long row of colons. */
const DATASET_ARN = /^arn:[a-z\d-]+:personalize:[^:\n\r\u2028\u2029]*:[^:\n\r\u2028\u2029]*:.+$/;

const MAX_DATASET_ARN_LENGTH = 256;
const MAX_USERS = 10;
const MAX_USER_ID_LENGTH = 256;

/** @throws RangeError that names the limit */
export function checkLimits({ maxPropertiesLength }: Limits): void {
  if (Number.isInteger(maxPropertiesLength) && maxPropertiesLength > 0) return;
  throw new RangeError(`maxPropertiesLength must be a whole number above 0, not ${maxPropertiesLength}`);
}

/**
 * Lets a request pass that keeps every constraint of the model.
 *
 * @throws ServiceError ValidationException whose message lists every broken constraint
 */
export function assertConstraints(input: PutUsersInput, limits: Limits): asserts input is PutUsersRequest {
  const violations = [...datasetArnViolations(input.datasetArn), ...usersViolations(input.users, limits)];
  if (violations.length === 0) return;

  const count = violations.length === 1 ? '1 validation error' : `${violations.length} validation errors`;
  throw new ServiceError('ValidationException', `${count} detected: ${violations.join('; ')}`);
}

/** Whether requests can name a dataset so. */
export function isDatasetArn(arn: string): boolean {
  return datasetArnViolations(arn).length === 0;
}

function datasetArnViolations(arn: string | undefined): readonly string[] {
  if (arn === undefined) return [mustNotBeNull('datasetArn')];
  const subject = `Value '${arn}' at 'datasetArn'`;
  const tooLong = lengthViolations(subject, characters(arn), 0, MAX_DATASET_ARN_LENGTH);
  if (DATASET_ARN.test(arn)) return tooLong;
  return [...tooLong, violation(subject, `Member must satisfy regular expression pattern: ${DATASET_ARN_PATTERN}`)];
}

function usersViolations(users: PutUsersInput['users'], limits: Limits): readonly string[] {
  if (users === undefined) return [mustNotBeNull('users')];
  return [
    ...lengthViolations(`Value at 'users'`, users.length, 1, MAX_USERS),
    // Of those beyond the limit nothing is said: a short request could have a message of many megabytes.
    ...users.slice(0, MAX_USERS).flatMap((user, index) => userViolations(user, index, limits)),
  ];
}

function userViolations(user: UserInput | undefined, index: number, limits: Limits): readonly string[] {
  if (user === undefined) return [mustNotBeNull(memberOfUser(index))];
  return [
    ...userIdViolations(user.userId, memberOfUser(index, 'userId')),
    ...propertiesViolations(user.properties, memberOfUser(index, 'properties'), limits),
  ];
}

function userIdViolations(userId: string | undefined, member: string): readonly string[] {
  if (userId === undefined) return [mustNotBeNull(member)];
  return lengthViolations(`Value '${userId}' at '${member}'`, characters(userId), 1, MAX_USER_ID_LENGTH);
}

/** The model marks `properties` as sensitive: the service does not quote it. */
function propertiesViolations(properties: string | undefined, member: string, limits: Limits): readonly string[] {
  if (properties === undefined) return [];
  return lengthViolations(`Value at '${member}'`, characters(properties), 1, limits.maxPropertiesLength);
}

function lengthViolations(subject: string, length: number, min: number, max: number): readonly string[] {
  if (length < min) return [violation(subject, `Member must have length greater than or equal to ${min}`)];
  if (length > max) return [violation(subject, `Member must have length less than or equal to ${max}`)];
  return [];
}

function mustNotBeNull(member: string): string {
  return violation(`Value null at '${member}'`, 'Member must not be null');
}

function violation(subject: string, constraint: string): string {
  return `${subject} failed to satisfy constraint: ${constraint}`;
}
