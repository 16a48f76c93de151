/** A bulk import with S3 as moto plays it; Personalize, and simulated policies, which moto has not, are a server of the test. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateBucketCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import { bucketPolicy, trustPolicy } from '../../cli/import/required-policies.ts';
import { type BulkAws, startBulkAws } from '../cli/support/bulk-aws.ts';
import { awsAt, runCli, startCli } from '../cli/support/run-cli.ts';
import { ACCOUNT, CLIENT, DATASET_ARN, REGION } from './account.ts';

jest.setTimeout(180_000);

// By its address, so that the bucket's name is in the path, and not in a host's name that nobody resolves.
const ENDPOINT = CLIENT.endpoint.replace('localhost', '127.0.0.1');
const BUCKET = 'imports-of-users';
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/PersonalizeReadsImports`;
const JOB = `arn:aws:personalize:${REGION}:${ACCOUNT}:dataset-import-job/users-1`;
const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Users',
  fields: [
    { name: 'USER_ID', type: 'string' },
    { name: 'BIO', type: ['null', 'string'] },
  ],
});

const s3 = new S3Client({ ...CLIENT, endpoint: ENDPOINT });
let others: BulkAws;
let folder: string;
let file: string;

beforeAll(async () => {
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET, CreateBucketConfiguration: { LocationConstraint: REGION } }));
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'personalize-users-import-'));
  file = join(folder, 'users.csv');
  others = await startBulkAws({
    DescribeDataset: () => ({
      output: { dataset: { datasetArn: DATASET_ARN, schemaArn: 'arn:aws:personalize:::schema/s' } },
    }),
    DescribeSchema: () => ({ output: { schema: { schema: SCHEMA } } }),
    ListDatasetImportJobs: () => ({ output: { datasetImportJobs: [] } }),
    CreateDatasetImportJob: () => ({ output: { datasetImportJobArn: JOB } }),
    DescribeDatasetImportJob: () => ({ output: { datasetImportJob: { status: 'ACTIVE' } } }),
    GetRole: () => ({
      xml: `<GetRoleResponse><GetRoleResult><Role><AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify(trustPolicy()))}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`,
    }),
    SimulatePrincipalPolicy: () => ({
      xml: '<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalDecision>allowed</EvalDecision></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>',
    }),
  });
});
afterEach(async () => {
  await others.stop();
  await rm(folder, { recursive: true });
});
afterAll(() => {
  s3.destroy();
});

const ARGUMENTS = () =>
  ['import', file, '--dataset-arn', DATASET_ARN, '--bucket', BUCKET, '--role-arn', ROLE, '--poll', '0.01'] as const;
const environment = () => ({
  ...awsAt(ENDPOINT),
  AWS_ENDPOINT_URL_PERSONALIZE: others.endpoint,
  AWS_ENDPOINT_URL_IAM: others.endpoint,
});
const run = (...args: readonly string[]) => runCli([...ARGUMENTS(), ...args], environment());
const objects = async () => (await s3.send(new ListObjectsV2Command({ Bucket: BUCKET }))).Contents ?? [];

/** CSV of so many users, some 600 bytes each. */
function usersCsv(howMany: number): string {
  const rows = Array.from({ length: howMany }, (_, index) => `user-${index},"a ""bio"" of ${'x'.repeat(570)}"`);
  return `USER_ID,BIO\n${rows.join('\n')}\n`;
}

test('the policy that the bucket lacks is said, and pasting it is enough', async () => {
  await writeFile(file, usersCsv(1));
  const refused = await run();
  expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('does not let Personalize read') });
  const [pasted] = /^\{\n.*\n\}$/ms.exec(refused.stderr) ?? [];
  expect(JSON.parse(pasted!)).toEqual(bucketPolicy(BUCKET_ARN));
  await s3.send(new PutBucketPolicyCommand({ Bucket: BUCKET, Policy: pasted! }));
  const { code, stderr } = await run();
  expect({ code, stderr }).toMatchObject({ code: 0, stderr: expect.not.stringContaining('does not') });
  expect(await objects()).toHaveLength(1);
});

test('a large file arrives in parts, each user once, as it was', async () => {
  const users = 60_000;
  await writeFile(file, usersCsv(users));
  const { code, stdout } = await run('--json');
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ users, rejected: 0 });
  const { dataSource } = others.callsOf('CreateDatasetImportJob')[0]!.input as {
    dataSource: { dataLocation: string };
  };
  const Key = dataSource.dataLocation.slice(`s3://${BUCKET}/`.length);
  const { Body, ETag } = await s3.send(new GetObjectCommand({ Bucket: BUCKET, Key }));
  // An object of several parts has their number in its tag.
  expect(ETag).toMatch(/-3"$/);
  const lines = (await Body!.transformToString()).split('\n');
  expect(lines).toHaveLength(users + 2);
  expect(lines[0]).toBe('USER_ID,BIO');
  expect(lines[users]).toBe(`user-${users - 1},"a \\"bio\\" of ${'x'.repeat(570)}"`);
});

test('an upload that is interrupted leaves neither an object nor parts', async () => {
  const before = await objects();
  const cli = startCli(['import', '-', ...ARGUMENTS().slice(2)], environment(), 'pipe');
  cli.process.stdin!.on('error', () => {});
  cli.process.stdin!.write(usersCsv(40_000));
  let hasEnded = false;
  void cli.ended.then(() => (hasEnded = true));
  while (!hasEnded) {
    const { Uploads = [] } = await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    if (Uploads.length > 0) break;
  }
  cli.process.kill('SIGINT');
  expect(await cli.ended).toBe(130);
  expect(await objects()).toEqual(before);
  expect((await s3.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }))).Uploads ?? []).toEqual([]);
  expect(others.operations()).not.toContain('CreateDatasetImportJob');
});
