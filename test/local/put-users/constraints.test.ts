import { describe, expect, test } from '@jest/globals';
import { assertConstraints, checkLimits } from '../../../local/put-users/constraints.ts';
import type { PutUsersInput } from '../../../local/put-users/request.ts';
import { DATASET_ARN, thrownBy } from './support.ts';

const LIMITS = { maxPropertiesLength: 4096 };
const GOOD = { datasetArn: DATASET_ARN, users: [{ userId: 'ada', properties: '{}' }] };
const ARN_PREFIX = 'arn:aws:personalize:eu-central-1:123456789012:';

function violationOf(input: Partial<PutUsersInput>, limits = LIMITS): unknown {
  return thrownBy(() => assertConstraints({ ...GOOD, ...input }, limits));
}

function validationException(message: string): unknown {
  return expect.objectContaining({ name: 'ValidationException', status: 400, message });
}

const user = (userId: string | undefined, properties?: string) => ({ userId, properties });

describe('a request that keeps every constraint', () => {
  test.each<[string, Partial<PutUsersInput>]>([
    ['one user', {}],
    ['ten users', { users: Array(10).fill(user('ada')) }],
    ['an ARN of 256 characters', { datasetArn: ARN_PREFIX + 'x'.repeat(256 - ARN_PREFIX.length) }],
    ['an ARN of another partition', { datasetArn: 'arn:aws-us-gov:personalize:::x' }],
    ['a userId of 1 character', { users: [user('a')] }],
    ['a userId of 256 characters', { users: [user('a'.repeat(256))] }],
    ['a userId of 256 characters that are two UTF-16 units each', { users: [user('😀'.repeat(256))] }],
    ['no properties', { users: [user('ada', undefined)] }],
    ['properties of 1 character', { users: [user('ada', 'x')] }],
    ['properties of as many characters as the limit', { users: [user('ada', '😀'.repeat(4096))] }],
  ])('passes with %s', (_, input) => {
    expect(violationOf(input)).toBeUndefined();
  });
});

describe('a request that breaks a constraint is refused in the words of the service', () => {
  test.each<[string, Partial<PutUsersInput>, string]>([
    [
      'no datasetArn',
      { datasetArn: undefined },
      "1 validation error detected: Value null at 'datasetArn' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an ARN of another service',
      { datasetArn: 'arn:aws:sqs:eu-central-1:123456789012:users' },
      "1 validation error detected: Value 'arn:aws:sqs:eu-central-1:123456789012:users' at 'datasetArn' failed to " +
        'satisfy constraint: Member must satisfy regular expression pattern: arn:([a-z\\d-]+):personalize:.*:.*:.+',
    ],
    [
      'an ARN with something before it',
      { datasetArn: ' arn:aws:personalize:::x' },
      "1 validation error detected: Value ' arn:aws:personalize:::x' at 'datasetArn' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: arn:([a-z\\d-]+):personalize:.*:.*:.+',
    ],
    [
      'no users',
      { users: undefined },
      "1 validation error detected: Value null at 'users' failed to satisfy constraint: Member must not be null",
    ],
    [
      'an empty list of users',
      { users: [] },
      "1 validation error detected: Value at 'users' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    ],
    [
      'eleven users',
      { users: Array(11).fill(user('ada')) },
      "1 validation error detected: Value at 'users' failed to satisfy constraint: " +
        'Member must have length less than or equal to 10',
    ],
    [
      'a null among the users',
      { users: [user('ada'), undefined] },
      "1 validation error detected: Value null at 'users.2.member' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a user without userId',
      { users: [user('ada'), user(undefined)] },
      "1 validation error detected: Value null at 'users.2.member.userId' failed to satisfy constraint: " +
        'Member must not be null',
    ],
    [
      'an empty userId',
      { users: [user('')] },
      "1 validation error detected: Value '' at 'users.1.member.userId' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    ],
    [
      'empty properties',
      { users: [user('ada', '')] },
      "1 validation error detected: Value at 'users.1.member.properties' failed to satisfy constraint: " +
        'Member must have length greater than or equal to 1',
    ],
    [
      'properties that are too long, which are not quoted',
      { users: [user('ada', 'x'.repeat(4097))] },
      "1 validation error detected: Value at 'users.1.member.properties' failed to satisfy constraint: " +
        'Member must have length less than or equal to 4096',
    ],
    [
      'two constraints broken',
      { datasetArn: undefined, users: [] },
      "2 validation errors detected: Value null at 'datasetArn' failed to satisfy constraint: Member must not be null; " +
        "Value at 'users' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
  ])('%s', (_, input, message) => {
    expect(violationOf(input)).toEqual(validationException(message));
  });

  test('an ARN of 257 characters', () => {
    const datasetArn = ARN_PREFIX + 'x'.repeat(257 - ARN_PREFIX.length);
    expect(violationOf({ datasetArn })).toEqual(
      validationException(
        `1 validation error detected: Value '${datasetArn}' at 'datasetArn' failed to satisfy constraint: ` +
          'Member must have length less than or equal to 256',
      ),
    );
  });

  test('a userId of 257 characters', () => {
    const userId = 'a'.repeat(257);
    expect(violationOf({ users: [user(userId)] })).toEqual(
      validationException(
        `1 validation error detected: Value '${userId}' at 'users.1.member.userId' failed to satisfy constraint: ` +
          'Member must have length less than or equal to 256',
      ),
    );
  });

  test('properties longer than a limit that was set lower', () => {
    expect(violationOf({ users: [user('ada', '{"a": 1}')] }, { maxPropertiesLength: 5 })).toMatchObject({
      message: expect.stringContaining('less than or equal to 5'),
    });
  });
});

test.each([0, -1, 1.5, Number.NaN])('a limit on properties of %d characters is refused', (maxPropertiesLength) => {
  expect(() => checkLimits({ maxPropertiesLength })).toThrow(/^maxPropertiesLength must be a whole number above 0/);
});
