/** `import` as a process, against a server that speaks the operations of Personalize, S3 and IAM that it calls. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { bucketPolicy, trustPolicy } from '../../../cli/import/required-policies.ts';
import { type BulkAnswers, type BulkAws, startBulkAws } from '../support/bulk-aws.ts';
import { awsAt, runCli, startCli } from '../support/run-cli.ts';

jest.setTimeout(120_000);

const PERSONALIZE = 'arn:aws:personalize:eu-west-1:123456789012';
const DATASET = `${PERSONALIZE}:dataset/shop/USERS`;
const JOB = `${PERSONALIZE}:dataset-import-job/users-1`;
const ROLE = 'arn:aws:iam::123456789012:role/service/PersonalizeRole';
const BUCKET = 'my-bucket';
const BUCKET_ARN = `arn:aws:s3:::${BUCKET}`;
const SCHEMA = JSON.stringify({
  type: 'record',
  name: 'Users',
  fields: [
    { name: 'AGE', type: ['null', 'int'] },
    { name: 'USER_ID', type: 'string' },
    { name: 'MEMBERSHIP_TYPE', type: ['null', 'string'], categorical: true },
  ],
});

/** Without it, the client finds no region. */
const NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

const jobIn = (status: string, more: object = {}) => ({
  output: {
    datasetImportJob: {
      datasetImportJobArn: JOB,
      datasetArn: DATASET,
      status,
      importMode: 'FULL',
      dataSource: { dataLocation: `s3://${BUCKET}/personalize-users/users-1.csv` },
      ...more,
    },
  },
});
const decision = (EvalDecision: string, missing = '') => ({
  xml: `<SimulatePrincipalPolicyResponse><SimulatePrincipalPolicyResult><EvaluationResults><member><EvalActionName>a</EvalActionName><EvalDecision>${EvalDecision}</EvalDecision><MissingContextValues>${missing}</MissingContextValues></member></EvaluationResults></SimulatePrincipalPolicyResult></SimulatePrincipalPolicyResponse>`,
});
const roleTrusting = (policy: object) => ({
  xml: `<GetRoleResponse><GetRoleResult><Role><RoleName>PersonalizeRole</RoleName><AssumeRolePolicyDocument>${encodeURIComponent(JSON.stringify(policy))}</AssumeRolePolicyDocument></Role></GetRoleResult></GetRoleResponse>`,
});

/** An account in which all is as it has to be. */
const ANSWERS: BulkAnswers = {
  DescribeDataset: () => ({ output: { dataset: { datasetArn: DATASET, schemaArn: `${PERSONALIZE}:schema/s` } } }),
  DescribeSchema: () => ({ output: { schema: { schema: SCHEMA } } }),
  ListDatasetImportJobs: () => ({ output: { datasetImportJobs: [] } }),
  CreateDatasetImportJob: () => ({ output: { datasetImportJobArn: JOB } }),
  DescribeDatasetImportJob: () => jobIn('ACTIVE'),
  GetBucketLocation: () => ({ xml: `<LocationConstraint ${NAMESPACE}>eu-west-1</LocationConstraint>` }),
  GetBucketPolicy: () => ({ output: bucketPolicy(BUCKET_ARN) }),
  GetBucketEncryption: () => ({ error: 'ServerSideEncryptionConfigurationNotFoundError', status: 404 }),
  GetRole: () => roleTrusting(trustPolicy()),
  SimulatePrincipalPolicy: () => decision('allowed'),
  PutObject: () => ({ xml: '' }),
};

describe('a bulk import', () => {
  let aws: BulkAws;
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'personalize-users-import-'));
    file = join(folder, 'users.csv');
    await writeFile(file, 'USER_ID,MEMBERSHIP_TYPE,AGE\nu-1,Gold,31\nu-2,"Silver|""Old""",\nu-3,,x\nu-1,Iron,32\n');
  });
  afterEach(async () => {
    await aws.stop();
    await rm(folder, { recursive: true });
  });

  const start = async (answers: BulkAnswers = {}) => {
    aws = await startBulkAws({ ...ANSWERS, ...answers });
  };
  const WHERE = ['--dataset-arn', DATASET, '--bucket', BUCKET, '--role-arn', ROLE, '--poll', '0.01'];
  const importFile = (...args: readonly string[]) => runCli(['import', file, ...WHERE, ...args], awsAt(aws.endpoint));

  test('uploads what fits as Personalize takes it, imports it, waits, and says what was rejected', async () => {
    const states = ['CREATE PENDING', 'CREATE IN_PROGRESS', 'CREATE IN_PROGRESS', 'ACTIVE'];
    await start({ DescribeDatasetImportJob: () => jobIn(states.shift()!) });
    const { code, stdout, stderr } = await importFile();
    expect(code).toBe(3);
    expect(stdout).toContain('Imported 2 users of');
    expect(stdout).toContain('2 records were rejected');
    expect(stdout).toMatch(/s3:\/\/my-bucket\/personalize-users\/users-\S+\.csv is yours.*you may delete it/);
    expect(stderr).toContain('it replaces nothing. What PutUsers put stays');
    expect(stderr).toContain(JOB);
    expect(stderr).not.toContain('Note:');
    expect(states).toEqual([]);

    const [put] = aws.callsOf('PutObject');
    expect(put!.body).toBe('AGE,USER_ID,MEMBERSHIP_TYPE\n31,u-1,"Gold"\n,u-2,"Silver|\\"Old\\""\n');
    const [create] = aws.callsOf('CreateDatasetImportJob');
    expect(create!.input).toEqual({
      jobName: expect.stringMatching(/^users-\d{8}T\d{6}Z-[0-9a-f]{8}$/),
      datasetArn: DATASET,
      dataSource: { dataLocation: `s3:/${String(put!.input.path)}` },
      roleArn: ROLE,
      importMode: 'FULL',
    });
    const rejects = (await readFile(`${file}.rejects.jsonl`, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rejects).toMatchObject([
      { line: 4, reason: expect.stringContaining('properties.age'), record: 'u-3,,x' },
      { line: 5, code: 'RepeatedUser', reason: expect.stringContaining('userId is in the file before') },
    ]);
  });

  test('of JSON is held to all of the schema, also where PutUsers may take it', async () => {
    await start();
    file = join(folder, 'users.jsonl');
    const bodies = ['{"userId":"a","properties":{"age":"45"}}', '{"userId":"b","properties":{"age":"045"}}'];
    await writeFile(
      file,
      `${bodies.join('\n')}\n{"users":[{"userId":"c"},{"userId":"d","properties":{"membershipType":""}}]}\n`,
    );
    expect((await importFile()).code).toBe(3);
    expect(aws.callsOf('PutObject')[0]!.body).toBe('AGE,USER_ID,MEMBERSHIP_TYPE\n45,a,\n,c,\n');
    const rejects = (await readFile(`${file}.rejects.jsonl`, 'utf8')).trim().split('\n');
    expect(rejects.map((line) => JSON.parse(line))).toMatchObject([
      { line: 2, code: 'SchemaMismatch' },
      { line: 3, code: 'NotForImport', reason: expect.stringContaining('properties.membershipType is an empty text') },
    ]);
  });

  test('is incremental after the first', async () => {
    await start({
      ListDatasetImportJobs: ({ input }) =>
        input.nextToken === undefined
          ? { output: { datasetImportJobs: [], nextToken: 'more' } }
          : { output: { datasetImportJobs: [{ datasetImportJobArn: JOB, status: 'ACTIVE' }] } },
    });
    expect(await importFile()).toMatchObject({ code: 3, stderr: expect.stringContaining('An incremental import') });
    expect(aws.callsOf('CreateDatasetImportJob')[0]!.input).toMatchObject({ importMode: 'INCREMENTAL' });
  });

  describe('that replaces earlier ones', () => {
    const earlier = { ListDatasetImportJobs: () => ({ output: { datasetImportJobs: [{ status: 'ACTIVE' }] } }) };

    test('asks first, and says what it replaces', async () => {
      await start(earlier);
      expect(await importFile('--mode', 'full')).toMatchObject({
        code: 4,
        stderr: expect.stringMatching(/users who are not in the file will be gone.*Give --yes/s),
      });
      expect(aws.operations()).not.toContain('PutObject');
    });

    test('does not remove users who were rejected', async () => {
      await start(earlier);
      expect(await importFile('--mode', 'full', '--yes')).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(
          /2 records of .* rejected, and a full import would remove these users.*Nothing was imported/s,
        ),
      });
      expect(aws.operations()).not.toContain('PutObject');
      await writeFile(file, 'USER_ID\nu-1\n');
      expect(await importFile('--mode', 'full', '--yes')).toMatchObject({ code: 0 });
      expect(aws.callsOf('CreateDatasetImportJob')[0]!.input).toMatchObject({ importMode: 'FULL' });
    });
  });

  test('waits for another that is under way', async () => {
    const under = { datasetImportJobArn: JOB, status: 'CREATE IN_PROGRESS' };
    await start({ ListDatasetImportJobs: () => ({ output: { datasetImportJobs: [under] } }) });
    expect(await importFile()).toMatchObject({ code: 1, stderr: expect.stringContaining(`import --job ${JOB}`) });
    expect(aws.operations()).not.toContain('PutObject');
  });

  test.each([
    [
      'the bucket',
      { GetBucketPolicy: () => ({ error: 'NoSuchBucketPolicy', status: 404 }) },
      '"Service": "personalize.amazonaws.com"',
    ],
    ['the role', { SimulatePrincipalPolicy: () => decision('implicitDeny') }, `"${BUCKET_ARN}/*"`],
    ['its trust', { GetRole: () => roleTrusting({ Statement: [] }) }, '"Action": "sts:AssumeRole"'],
  ] as const)(
    'that %s does not allow is not uploaded, and the policy is there to paste',
    async (_, answers, document) => {
      await start(answers);
      const { code, stderr } = await importFile();
      expect(code).toBe(1);
      expect(stderr).toContain('Personalize cannot read from my-bucket');
      expect(stderr).toContain(document);
      expect(stderr).toContain('Nothing was uploaded');
      expect(aws.operations()).not.toContain('PutObject');
      expect(await importFile('--no-check')).toMatchObject({ code: 3 });
    },
  );

  test('looks at the policies of the very bucket, object and role', async () => {
    await start();
    expect((await importFile()).code).toBe(3);
    expect(aws.callsOf('GetRole')[0]!.input).toMatchObject({ RoleName: 'PersonalizeRole' });
    const simulated = aws
      .callsOf('SimulatePrincipalPolicy')
      .map(({ input }) => [input.PolicySourceArn, input['ActionNames.member.1'], input['ResourceArns.member.1']]);
    expect(simulated).toEqual([
      [ROLE, 's3:GetObject', expect.stringMatching(/^arn:aws:s3:::my-bucket\/personalize-users\/users-.*\.csv$/)],
      [ROLE, 's3:ListBucket', BUCKET_ARN],
    ]);
  });

  test('goes on with a word where the policies may not be read', async () => {
    const denied = () => ({ error: 'AccessDenied', status: 403 });
    await start({
      GetBucketLocation: denied,
      GetBucketPolicy: denied,
      GetBucketEncryption: denied,
      GetRole: denied,
      SimulatePrincipalPolicy: denied,
      ListDatasetImportJobs: () => ({ error: 'AccessDeniedException' }),
    });
    const { code, stderr } = await importFile();
    expect(code).toBe(3);
    for (const action of [
      's3:GetBucketLocation',
      's3:GetBucketPolicy',
      's3:GetEncryptionConfiguration',
      'iam:GetRole',
      'iam:SimulatePrincipalPolicy',
      'personalize:ListDatasetImportJobs',
    ]) {
      expect(stderr).toContain(`no permission for ${action}`);
    }
  });

  test('says what the key of the bucket has to allow, and that another region is not sure to work', async () => {
    await start({
      GetBucketLocation: () => ({ xml: `<LocationConstraint ${NAMESPACE}>us-west-2</LocationConstraint>` }),
      GetBucketEncryption: () => ({
        xml: '<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>the-key</KMSMasterKeyID></ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>',
      }),
    });
    const { code, stderr } = await importFile();
    expect(code).toBe(3);
    expect(stderr).toMatch(/KMS key the-key.*"kms:Decrypt"/s);
    expect(stderr).toContain('is in us-west-2, and the dataset in eu-west-1');
  });

  test.each([
    ['bucket', { GetBucketPolicy: () => ({ error: 'NoSuchBucket', status: 404 }) }, 'There is no bucket my-bucket.'],
    ['role', { GetRole: () => ({ error: 'NoSuchEntity', status: 404 }) }, `There is no role ${ROLE}.`],
    ['dataset', { DescribeDataset: () => ({ error: 'ResourceNotFoundException' }) }, `There is no dataset ${DATASET}.`],
  ] as const)('ends before the upload if there is no such %s', async (_, answers, message) => {
    await start(answers);
    expect(await importFile()).toMatchObject({ code: 1, stderr: expect.stringContaining(message) });
    expect(aws.operations()).not.toContain('PutObject');
  });

  test('is refused with another schema than the dataset has', async () => {
    await start();
    const schema = join(folder, 'users-schema.avsc');
    await writeFile(schema, SCHEMA.replace('"int"', '"long"'));
    expect(await importFile('--schema', schema)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('it has AGE of type long or null, and the dataset AGE of type int or null'),
    });
    await writeFile(schema, SCHEMA);
    expect(await importFile('--schema', schema)).toMatchObject({ code: 3 });
  });

  test('goes by the schema of a file where Personalize may not be asked', async () => {
    await start({ DescribeDataset: () => ({ error: 'AccessDeniedException' }) });
    expect(await importFile()).toMatchObject({ code: 1, stderr: expect.stringContaining('or give --schema FILE') });
    const schema = join(folder, 'users-schema.avsc');
    await writeFile(schema, SCHEMA);
    expect(await importFile('--schema', schema)).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('is not known'),
    });
  });

  test('without a single user is none', async () => {
    await start();
    await writeFile(file, 'USER_ID,AGE\nu-1,x\n');
    expect(await importFile()).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has no user to import; 1 record'),
    });
    expect(aws.operations()).not.toContain('PutObject');
  });

  test('that is tried out uploads nothing', async () => {
    await start();
    const { code, stdout } = await importFile('--dry-run', '--json');
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, users: 2, rejected: 2, rejectsFile: null });
    expect(aws.operations()).toContain('GetBucketPolicy');
    expect(aws.operations()).not.toContain('PutObject');
    expect(existsSync(`${file}.rejects.jsonl`)).toBe(false);
  });

  test('that cannot be begun leaves the file, and says how to begin it without another upload', async () => {
    await start({ CreateDatasetImportJob: () => ({ error: 'InvalidInputException', message: 'No PassRole' }) });
    const { code, stderr } = await importFile();
    expect(code).toBe(1);
    expect(stderr).toContain('No PassRole');
    expect(stderr).toMatch(/aws personalize create-dataset-import-job --job-name users-\S+ .* --import-mode FULL/);
  });

  test('that was begun by a call without an answer is followed', async () => {
    await start({ CreateDatasetImportJob: () => ({ error: 'ResourceAlreadyExistsException' }) });
    expect((await importFile()).code).toBe(3);
    const { jobName } = aws.callsOf('CreateDatasetImportJob')[0]!.input;
    expect(aws.callsOf('DescribeDatasetImportJob')[0]!.input).toEqual({
      datasetImportJobArn: `${PERSONALIZE}:dataset-import-job/${String(jobName)}`,
    });
  });

  test('that fails says why, in the words of Personalize', async () => {
    await start({
      DescribeDatasetImportJob: () => jobIn('CREATE FAILED', { failureReason: 'Input csv is missing AGE.' }),
    });
    expect(await importFile()).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /The import has failed\. Personalize says: Input csv is missing AGE\..*still there/s,
      ),
    });
  });

  test('is followed by its ARN', async () => {
    const states = ['CREATE IN_PROGRESS', 'ACTIVE'];
    await start({ DescribeDatasetImportJob: () => jobIn(states.shift()!) });
    const { code, stdout } = await runCli(['import', '--job', JOB, '--poll', '0.01', '--json'], awsAt(aws.endpoint));
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      jobArn: JOB,
      datasetArn: DATASET,
      status: 'ACTIVE',
      importMode: 'FULL',
      file: 's3://my-bucket/personalize-users/users-1.csv',
    });
    expect(new Set(aws.operations())).toEqual(new Set(['DescribeDatasetImportJob']));
  });

  test('goes on after Ctrl-C, and says how to follow it', async () => {
    const { promise: looked, resolve } = Promise.withResolvers<void>();
    await start({
      DescribeDatasetImportJob: () => {
        resolve();
        return jobIn('CREATE IN_PROGRESS');
      },
    });
    const run = startCli(['import', file, ...WHERE.slice(0, -1), '3600'], awsAt(aws.endpoint));
    await looked;
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(run.stderr()).toContain(`The import goes on by itself. See how: personalize-users import --job ${JOB}`);
  });

  test('is left out of the upload by Ctrl-C, and no import begins', async () => {
    const { promise: uploading, resolve } = Promise.withResolvers<void>();
    await start({
      PutObject: () => {
        resolve();
        return { never: true };
      },
    });
    const run = startCli(['import', file, ...WHERE], awsAt(aws.endpoint));
    await uploading;
    run.process.kill('SIGINT');
    expect(await run.ended).toBe(130);
    expect(run.stderr()).toContain('Nothing was imported');
    expect(aws.operations()).not.toContain('CreateDatasetImportJob');
  });

  test.each([
    [['import'], 'An import takes a file, --bucket and --role-arn.'],
    [['import', 'users.csv', '--job', JOB], '--job follows an import that was begun: leave the file out.'],
    [['import', 'users.csv', '--bucket', BUCKET, '--role-arn', 'PersonalizeRole'], 'It takes the ARN of a role'],
    [['import', '--job', DATASET], 'It takes the ARN of an import'],
    [['import', 'users.csv', ...WHERE, '--mode', 'partly'], 'Allowed choices are incremental, full'],
  ])('%j is refused with what to give', async (args, message) => {
    await start();
    expect(await runCli(args, awsAt(aws.endpoint))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
    expect(aws.operations()).toEqual([]);
  });
});

test('no other command waits until the clients of S3 and IAM are loaded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'personalize-users-import-'));
  const hooks = join(folder, 'hooks.mjs');
  await writeFile(
    hooks,
    `import { registerHooks } from 'node:module';
     registerHooks({
       resolve(name, context, next) {
         if (/client-(s3|iam)$|lib-storage$/.test(name)) throw new Error('loaded ' + name);
         return next(name, context);
       },
     });`,
  );
  const environment = { NODE_OPTIONS: `--import=${hooks}` };
  for (const args of [['--help'], ['import', '--help'], ['import']]) {
    expect((await runCli(args, environment)).stderr).not.toContain('loaded');
  }
  const job = `${PERSONALIZE}:dataset-import-job/a`;
  expect((await runCli(['import', '--job', job], environment)).stderr).toContain('loaded');
  await rm(folder, { recursive: true });
});
