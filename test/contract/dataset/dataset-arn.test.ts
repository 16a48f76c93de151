import { describe, expect, test } from '@jest/globals';
import { isUsersDatasetArn, placeOf } from '../../../contract/dataset/dataset-arn.ts';

/** Source: PutUsers API reference, `datasetArn`. */
const SPECIFIED_PATTERN = /^arn:([a-z\d-]+):personalize:.*:.*:.+$/;

describe('the ARN of a Users dataset', () => {
  test.each([
    'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS',
    'arn:aws-cn:personalize:cn-north-1:123456789012:dataset/My_group-2/USERS',
    `arn:aws:personalize:us-east-1:123456789012:dataset/${'g'.repeat(63)}/USERS`,
    `arn:${'a'.repeat(209)}:personalize:e:123456789012:dataset/g/USERS`,
  ])('%s is one, for us and for PutUsers', (arn) => {
    expect(isUsersDatasetArn(arn)).toBe(true);
    expect(arn).toMatch(SPECIFIED_PATTERN);
  });

  test.each([
    ['the items dataset', 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/ITEMS'],
    ['a dataset group', 'arn:aws:personalize:eu-west-1:123456789012:dataset-group/my-group'],
    ['another service', 'arn:aws:sqs:eu-west-1:123456789012:dataset/my-group/USERS'],
    ['no region', 'arn:aws:personalize::123456789012:dataset/my-group/USERS'],
    ['no account', 'arn:aws:personalize:eu-west-1::dataset/my-group/USERS'],
    ['a wildcard', 'arn:aws:personalize:eu-west-1:123456789012:dataset/*/USERS'],
    ['no group', 'arn:aws:personalize:eu-west-1:123456789012:dataset//USERS'],
    ['more after it', 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS\n'],
    ['a group with too long a name', `arn:aws:personalize:eu-west-1:123456789012:dataset/${'g'.repeat(64)}/USERS`],
    ['more than 256 characters', `arn:${'a'.repeat(240)}:personalize:e:123456789012:dataset/g/USERS`],
    ['something before it', ' arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS'],
    ['nothing', ''],
  ])('%s is none', (_, arn) => {
    expect(isUsersDatasetArn(arn)).toBe(false);
  });

  test('says where the dataset is', () => {
    expect(placeOf('arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS')).toEqual({
      account: '123456789012',
      region: 'eu-west-1',
    });
    expect(() => placeOf('users')).toThrow(new TypeError('Not the ARN of a Users dataset: users'));
  });
});
