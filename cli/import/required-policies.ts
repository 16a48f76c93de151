/**
 * The policies that a bulk import needs, to be pasted. Source: Personalize developer guide, giving Personalize access to
 * Amazon S3 resources; creating an IAM role for Personalize; permission to use your AWS KMS key.
 */
import { PERSONALIZE, type PersonalizeRequest } from './policy.ts';

/** A policy as JSON has it. */
export type PolicyDocument = Readonly<Record<string, unknown>>;

const VERSION = '2012-10-17';

/** What Personalize reads, and may therefore do. */
export function readingOf(bucketArn: string, key: string): readonly Required<PersonalizeRequest>[] {
  return [
    { action: 's3:GetObject', resource: `${bucketArn}/${key}` },
    { action: 's3:ListBucket', resource: bucketArn },
  ];
}

/** The bucket's own policy. */
export function bucketPolicy(bucketArn: string): PolicyDocument {
  return {
    Version: VERSION,
    Statement: [
      {
        Sid: 'PersonalizeReadsImports',
        Effect: 'Allow',
        Principal: { Service: PERSONALIZE },
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [bucketArn, `${bucketArn}/*`],
      },
    ],
  };
}

/** What the role needs. */
export function rolePolicy(bucketArn: string): PolicyDocument {
  return {
    Version: VERSION,
    Statement: [
      {
        Sid: 'PersonalizeReadsImports',
        Effect: 'Allow',
        Action: ['s3:GetObject', 's3:ListBucket'],
        Resource: [bucketArn, `${bucketArn}/*`],
      },
    ],
  };
}

/** Who may assume the role. */
export function trustPolicy(): PolicyDocument {
  return {
    Version: VERSION,
    Statement: [{ Effect: 'Allow', Principal: { Service: PERSONALIZE }, Action: 'sts:AssumeRole' }],
  };
}

/** What is to be added to the policy of the bucket's KMS key. For an import, the key's policy alone has to allow it. */
export function keyPolicy(roleArn: string): PolicyDocument {
  return {
    Version: VERSION,
    Statement: [
      {
        Sid: 'PersonalizeReadsImports',
        Effect: 'Allow',
        Principal: { AWS: roleArn, Service: PERSONALIZE },
        Action: ['kms:Decrypt', 'kms:GenerateDataKey', 'kms:DescribeKey', 'kms:CreateGrant', 'kms:ListGrants'],
        Resource: '*',
      },
    ],
  };
}
