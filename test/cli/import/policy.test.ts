import { describe, expect, test } from '@jest/globals';
import { judgePolicy } from '../../../cli/import/policy.ts';
import { bucketPolicy, readingOf, trustPolicy } from '../../../cli/import/required-policies.ts';

const BUCKET = 'arn:aws:s3:::my-bucket';
const GET = { action: 's3:GetObject', resource: `${BUCKET}/personalize-users/users-1.csv` };
const ALLOW = { Effect: 'Allow', Principal: { Service: 'personalize.amazonaws.com' }, Action: 's3:*', Resource: '*' };

const judge = (...statements: readonly object[]) => judgePolicy(JSON.stringify({ Statement: statements }), GET);

describe('a policy', () => {
  test('that is to be pasted allows what it is pasted for', () => {
    for (const request of readingOf(BUCKET, 'any/key.csv')) {
      expect(judgePolicy(JSON.stringify(bucketPolicy(BUCKET)), request)).toEqual({ kind: 'allowed' });
    }
    expect(judgePolicy(JSON.stringify(trustPolicy()), { action: 'sts:AssumeRole' })).toEqual({ kind: 'allowed' });
  });

  test.each([
    [
      'a list of principals',
      { ...ALLOW, Principal: { Service: ['lambda.amazonaws.com', 'personalize.amazonaws.com'] } },
    ],
    ['everybody', { ...ALLOW, Principal: '*' }],
    ['everybody, as AWS', { ...ALLOW, Principal: { AWS: '*' } }],
    ['a pattern of actions in other case', { ...ALLOW, Action: ['S3:Get*', 's3:Put*'] }],
    ['a pattern of objects', { ...ALLOW, Resource: [`${BUCKET}/personalize-?sers/*`] }],
  ])('allows by %s', (_, statement) => {
    expect(judge(statement)).toEqual({ kind: 'allowed' });
  });

  test.each([
    ['is empty'],
    ['is for another service', { ...ALLOW, Principal: { Service: 'lambda.amazonaws.com' } }],
    ['is for a role', { ...ALLOW, Principal: { AWS: 'arn:aws:iam::123456789012:role/r' } }],
    ['is for other actions', { ...ALLOW, Action: 's3:PutObject' }],
    ['is for other objects', { ...ALLOW, Resource: [`${BUCKET}/other/*`, BUCKET] }],
    ['has dots that are no pattern', { ...ALLOW, Resource: `${BUCKET}/personalize-users/users-1xcsv` }],
  ] as readonly (readonly [string, ...object[]])[])('allows nothing that %s', (_, ...statements) => {
    expect(judge(...statements)).toEqual({ kind: 'missing' });
  });

  test('that refuses goes before what allows', () => {
    const deny = { ...ALLOW, Sid: 'NoReading', Effect: 'Deny', Principal: '*' };
    expect(judge(ALLOW, deny)).toEqual({ kind: 'refused', statement: 'NoReading' });
    expect(judge(ALLOW, { ...deny, Sid: undefined })).toEqual({ kind: 'refused', statement: 'number 2' });
    expect(judge(ALLOW, { ...deny, Action: 's3:Delete*' })).toEqual({ kind: 'allowed' });
  });

  test('that refuses plain HTTP refuses nothing to Personalize', () => {
    const deny = { ...ALLOW, Effect: 'Deny', Principal: '*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(judge(ALLOW, deny)).toEqual({ kind: 'allowed' });
  });

  test('with conditions or exceptions is not judged', () => {
    const Condition = { StringEquals: { 'aws:SourceAccount': '123456789012' } };
    expect(judge({ ...ALLOW, Sid: 'Mine', Condition })).toEqual({ kind: 'unsure', statement: 'Mine' });
    expect(judge(ALLOW, { ...ALLOW, Condition })).toEqual({ kind: 'allowed' });
    const exceptMe = { Sid: 'Vpc', Effect: 'Deny', NotPrincipal: { AWS: 'me' }, Action: 's3:*', Resource: '*' };
    expect(judge(ALLOW, exceptMe)).toEqual({ kind: 'unsure', statement: 'Vpc' });
  });
});
