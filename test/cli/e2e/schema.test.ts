/** `schema`, against a server that speaks the two operations of Personalize. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { awsAt, runCli } from '../support/run-cli.ts';
import { type AwsAnswer, type ScriptedAws, stackOutputs, startScriptedAws } from '../support/scripted-aws.ts';

jest.setTimeout(60_000);

const DATASET = 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS';
const SCHEMA_ARN = 'arn:aws:personalize:eu-west-1:123456789012:schema/users';
const QUEUES = {
  usersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  lettersUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/letters',
};
const OUTPUTS = { ...stackOutputs(QUEUES), DatasetArn: DATASET };

describe('the schema of a dataset', () => {
  let aws: ScriptedAws;
  let folder: string;
  let sample: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'personalize-users-schema-'));
    sample = await readFile('samples/users-schema.avsc', 'utf8');
  });
  afterEach(async () => {
    await aws.stop();
    await rm(folder, { recursive: true });
  });

  async function start(
    answers: Readonly<Record<string, () => AwsAnswer>> = {},
    outputs: Record<string, string> = OUTPUTS,
  ) {
    aws = await startScriptedAws(
      {
        DescribeDataset: () => ({ output: { dataset: { datasetArn: DATASET, schemaArn: SCHEMA_ARN } } }),
        DescribeSchema: () => ({ output: { schema: { schemaArn: SCHEMA_ARN, schema: sample } } }),
        ...answers,
      },
      { Mine: outputs },
    );
  }
  const schema = (...args: readonly string[]) => runCli(['schema', ...args], awsAt(aws.endpoint));

  test('of a stack is printed as send --schema takes it', async () => {
    await start();
    const { code, stdout } = await schema('--stack', 'Mine');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(JSON.parse(sample));
    expect(aws.callsOf('DescribeDataset')[0]!.input).toEqual({ datasetArn: DATASET });
    expect(aws.callsOf('DescribeSchema')[0]!.input).toEqual({ schemaArn: SCHEMA_ARN });

    const file = join(folder, 'users.csv');
    await writeFile(join(folder, 'users-schema.avsc'), stdout);
    await writeFile(file, 'USER_ID,MEMBERSHIP_TYPE,COUNTRY,NUMBER_OF_VIDEOS_WATCHED,SUBSCRIBED\nu,Gold,DE,45,true\n');
    const sent = await runCli(['send', file, '--schema', join(folder, 'users-schema.avsc'), '--dry-run']);
    expect(sent).toMatchObject({ code: 0, stdout: expect.stringContaining('1 user of') });
  });

  test('is had by its ARN before anything is deployed', async () => {
    await start();
    expect(await schema('--dataset-arn', DATASET)).toMatchObject({ code: 0, stderr: '' });
    expect(await schema('--dataset-arn', DATASET.replace('USERS', 'ITEMS'))).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('It takes the ARN of a Users dataset, like arn:aws:personalize:'),
    });
  });

  test('is written to a file, but not over one', async () => {
    await start();
    const file = join(folder, 'users-schema.avsc');
    expect(await schema('--stack', 'Mine', '--output', file)).toMatchObject({ code: 0, stdout: '' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(JSON.parse(sample));
    expect(await schema('--stack', 'Mine', '--output', file)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/is there already\.\nGive another name, or --force/),
    });
    expect((await schema('--stack', 'Mine', '--output', file, '--force')).code).toBe(0);
  });

  test('makes a JSON Schema of messages', async () => {
    await start();
    const { stdout } = await schema('--stack', 'Mine', '--messages');
    expect(JSON.parse(stdout).$defs.User.properties.properties.anyOf[0].properties).toMatchObject({
      age: { anyOf: [{ type: 'null' }, { type: 'integer' }, { type: 'string' }] },
      membershipType: { type: 'string', maxLength: 1000 },
    });
  });

  test.each<[string, Record<string, () => AwsAnswer>, Record<string, string> | undefined, RegExp]>([
    [
      'a dataset that is not there',
      { DescribeDataset: () => ({ error: 'ResourceNotFoundException' }) },
      undefined,
      /^error: There is no dataset arn:.*\/USERS\.\naws personalize list-datasets/,
    ],
    [
      'no permission',
      { DescribeDataset: () => ({ error: 'AccessDeniedException', message: 'no' }) },
      undefined,
      /^error: No permission for personalize:DescribeDataset on arn:/,
    ],
    [
      'the schema of another dataset',
      {
        DescribeSchema: () => ({
          output: { schema: { schema: '{"type":"record","fields":[{"name":"ITEM_ID","type":"string"}]}' } },
        }),
      },
      undefined,
      /^error: The schema of arn:.* cannot be used: it is the schema of Items/,
    ],
    ['a stack of an older version', {}, stackOutputs(QUEUES), /^error: The stack Mine has no output DatasetArn\./],
  ])('says what to do about %s', async (_, answers, outputs, message) => {
    await start(answers, outputs);
    expect(await schema('--stack', 'Mine')).toMatchObject({ code: 1, stderr: expect.stringMatching(message) });
  });
});
