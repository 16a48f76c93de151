/** Whether Personalize can read what is about to be uploaded: the policies of the bucket and the role, as far as they may be read. */
import { GetRoleCommand, type IAMClient, SimulatePrincipalPolicyCommand } from '@aws-sdk/client-iam';
import {
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { errorName } from '../../aws/error-name.ts';
import { CommandError } from '../failure.ts';
import { judgePolicy, type PolicyVerdict } from './policy.ts';
import {
  bucketPolicy,
  keyPolicy,
  type PolicyDocument,
  readingOf,
  rolePolicy,
  trustPolicy,
} from './required-policies.ts';

/** What is looked at. */
export interface AccessQuestion {
  readonly bucket: string;
  readonly key: string;
  readonly roleArn: string;
  /** The dataset's. */
  readonly region: string;
  readonly account: string;
  readonly partition: string;
}

/** Something that is not as it has to be, or that nobody could look at. */
export interface Finding {
  /** A `problem` makes the import fail; of a `doubt` that is not known. */
  readonly kind: 'problem' | 'doubt';
  /** A sentence or two. */
  readonly text: string;
  /** To be pasted. */
  readonly document?: PolicyDocument;
}

/**
 * Looks at the policies. Makes no change.
 *
 * @returns nothing if all is well
 * @throws CommandError when there is no such bucket or role; and what the clients throw, but for permissions that are not there
 */
export async function checkAccess(
  { s3, iam }: { readonly s3: S3Client; readonly iam: IAMClient },
  question: AccessQuestion,
): Promise<readonly Finding[]> {
  const findings = await Promise.all([
    checkRegion(s3, question),
    checkBucketPolicy(s3, question),
    checkEncryption(s3, question),
    checkTrust(iam, question),
    checkRolePolicies(iam, question),
  ]);
  return [...checkAccount(question), ...findings.flat()];
}

/** Source: IAM user guide, granting permissions to pass a role: only within an account. */
function checkAccount({ roleArn, account }: AccessQuestion): readonly Finding[] {
  const [, , , , accountOfRole] = roleArn.split(':');
  if (accountOfRole === account) return [];
  return [
    {
      kind: 'problem',
      text: `The role ${roleArn} is of account ${accountOfRole}, and the dataset of ${account}: it takes a role of its own account.`,
    },
  ];
}

/** No page says that Personalize reads buckets of other regions, and none that it does not. */
async function checkRegion(s3: S3Client, { bucket, region }: AccessQuestion): Promise<readonly Finding[]> {
  const asked = await ask(
    async () => {
      const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket: bucket }));
      return locationOf(LocationConstraint);
    },
    { bucket },
  );
  if (asked.kind === 'unreadable') {
    return [doubt(`The region of the bucket ${bucket} is not known: no permission for s3:GetBucketLocation.`)];
  }
  if (asked.value === region) return [];
  return [
    doubt(
      `The bucket ${bucket} is in ${asked.value}, and the dataset in ${region}. It is not documented that Personalize reads from another region.`,
    ),
  ];
}

/** Source: S3 API reference, GetBucketLocation. */
function locationOf(constraint: string | undefined): string {
  if (!constraint) return 'us-east-1';
  return constraint === 'EU' ? 'eu-west-1' : constraint;
}

async function checkBucketPolicy(s3: S3Client, question: AccessQuestion): Promise<readonly Finding[]> {
  const { bucket, key } = question;
  const asked = await ask(() => policyOf(s3, bucket), { bucket });
  if (asked.kind === 'unreadable') {
    return [
      doubt(
        `The policy of the bucket ${bucket} was not looked at: no permission for s3:GetBucketPolicy. It has to have:`,
        bucketPolicy(arnOf(question)),
      ),
    ];
  }
  const { value: policy } = asked;
  const verdicts = readingOf(arnOf(question), key).map(
    (request): PolicyVerdict => (policy === undefined ? { kind: 'missing' } : judgePolicy(policy, request)),
  );
  const its = `The policy of the bucket ${bucket}`;
  const refused = verdicts.find((verdict) => verdict.kind === 'refused');
  if (refused) return [problem(`${its} refuses it to Personalize, in its statement ${refused.statement}.`)];
  if (verdicts.some(({ kind }) => kind === 'missing')) {
    return [
      problem(
        `${its} does not let Personalize read. Add this (aws s3api put-bucket-policy):`,
        bucketPolicy(arnOf(question)),
      ),
    ];
  }
  return verdicts
    .filter((verdict) => verdict.kind === 'unsure')
    .slice(0, 1)
    .map(({ statement }) => doubt(`${its} has conditions that were not looked into, in its statement ${statement}.`));
}

async function policyOf(s3: S3Client, bucket: string): Promise<string | undefined> {
  try {
    return (await s3.send(new GetBucketPolicyCommand({ Bucket: bucket }))).Policy;
  } catch (error) {
    if (errorName(error) === 'NoSuchBucketPolicy') return undefined;
    throw error;
  }
}

/** The key's policy decides, and only its administrators may read it. */
async function checkEncryption(s3: S3Client, { bucket, roleArn }: AccessQuestion): Promise<readonly Finding[]> {
  const asked = await ask(() => kmsKeyOf(s3, bucket), { bucket });
  if (asked.kind === 'unreadable') {
    return [
      doubt(
        `Whether the bucket ${bucket} is encrypted with a KMS key is not known: no permission for s3:GetEncryptionConfiguration.`,
      ),
    ];
  }
  if (asked.value === undefined) return [];
  return [
    doubt(
      `The bucket ${bucket} is encrypted with the KMS key ${asked.value}. The key's policy has to have:`,
      keyPolicy(roleArn),
    ),
  ];
}

async function kmsKeyOf(s3: S3Client, bucket: string): Promise<string | undefined> {
  try {
    const { ServerSideEncryptionConfiguration } = await s3.send(new GetBucketEncryptionCommand({ Bucket: bucket }));
    const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
    const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
    return SSEAlgorithm?.startsWith('aws:kms') ? (KMSMasterKeyID ?? 'that AWS manages, aws/s3') : undefined;
  } catch (error) {
    if (errorName(error) === 'ServerSideEncryptionConfigurationNotFoundError') return undefined;
    throw error;
  }
}

async function checkTrust(iam: IAMClient, { roleArn }: AccessQuestion): Promise<readonly Finding[]> {
  const asked = await ask(
    async () => {
      const { Role } = await iam.send(new GetRoleCommand({ RoleName: roleArn.slice(roleArn.lastIndexOf('/') + 1) }));
      return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '{}');
    },
    { roleArn },
  );
  if (asked.kind === 'unreadable') {
    return [
      doubt(
        `Who may assume ${roleArn} was not looked at: no permission for iam:GetRole. Its trust policy has to have:`,
        trustPolicy(),
      ),
    ];
  }
  const verdict = judgePolicy(asked.value, { action: 'sts:AssumeRole' });
  switch (verdict.kind) {
    case 'allowed':
      return [];
    case 'missing':
      return [problem(`Personalize may not assume ${roleArn}. Add this to its trust policy:`, trustPolicy())];
    case 'refused':
      return [problem(`The trust policy of ${roleArn} refuses Personalize, in its statement ${verdict.statement}.`)];
    case 'unsure':
      return [
        doubt(
          `The trust policy of ${roleArn} has conditions that were not looked into, in its statement ${verdict.statement}.`,
        ),
      ];
  }
}

/** IAM itself says what the role may do: its own policies, its boundary, and those of the organization. */
async function checkRolePolicies(iam: IAMClient, question: AccessQuestion): Promise<readonly Finding[]> {
  const { roleArn, key } = question;
  const asked = await ask(
    () => Promise.all(readingOf(arnOf(question), key).map((request) => simulate(iam, roleArn, request))),
    { roleArn },
  );
  if (asked.kind === 'unreadable') {
    return [
      doubt(
        `What ${roleArn} may do was not looked at: no permission for iam:SimulatePrincipalPolicy. Its policies have to have:`,
        rolePolicy(arnOf(question)),
      ),
    ];
  }
  const { value: decisions } = asked;
  if (decisions.includes('refused')) return [problem(`A policy refuses ${roleArn} to read from the bucket.`)];
  if (decisions.includes('missing')) {
    return [problem(`${roleArn} may not read from the bucket. Add this to its policies:`, rolePolicy(arnOf(question)))];
  }
  return decisions.includes('unsure')
    ? [doubt(`Whether ${roleArn} may read from the bucket depends on conditions that were not looked into.`)]
    : [];
}

type Decision = 'allowed' | 'missing' | 'refused' | 'unsure';

async function simulate(
  iam: IAMClient,
  roleArn: string,
  { action, resource }: { readonly action: string; readonly resource: string },
): Promise<Decision> {
  const { EvaluationResults = [] } = await iam.send(
    new SimulatePrincipalPolicyCommand({ PolicySourceArn: roleArn, ActionNames: [action], ResourceArns: [resource] }),
  );
  const [result] = EvaluationResults;
  if (result?.EvalDecision === 'allowed') return 'allowed';
  if (result === undefined || (result.MissingContextValues ?? []).length > 0) return 'unsure';
  return result.EvalDecision === 'explicitDeny' ? 'refused' : 'missing';
}

type Asked<Value> = { readonly kind: 'read'; readonly value: Value } | { readonly kind: 'unreadable' };

/** MethodNotAllowed is what other accounts than the bucket's get. Source: S3 API reference, GetBucketPolicy. */
const NOT_PERMITTED = new Set(['AccessDenied', 'AccessDeniedException', 'Forbidden', 'MethodNotAllowed']);

/** Asks, and takes a missing permission for an answer. */
async function ask<Value>(
  question: () => Promise<Value>,
  about: { readonly bucket?: string; readonly roleArn?: string },
): Promise<Asked<Value>> {
  try {
    return { kind: 'read', value: await question() };
  } catch (error) {
    const name = errorName(error);
    if (NOT_PERMITTED.has(name)) return { kind: 'unreadable' };
    if (name === 'NoSuchBucket') throw new CommandError(`There is no bucket ${about.bucket}.`, { cause: error });
    if (/^NoSuchEntity/.test(name)) {
      throw new CommandError(`There is no role ${about.roleArn}.`, {
        hint: 'Make one that Personalize may assume: https://docs.aws.amazon.com/personalize/latest/dg/set-up-required-permissions.html',
        cause: error,
      });
    }
    throw error;
  }
}

function arnOf({ partition, bucket }: AccessQuestion): string {
  return `arn:${partition}:s3:::${bucket}`;
}

function problem(text: string, document?: PolicyDocument): Finding {
  return { kind: 'problem', text, ...(document && { document }) };
}

function doubt(text: string, document?: PolicyDocument): Finding {
  return { kind: 'doubt', text, ...(document && { document }) };
}
