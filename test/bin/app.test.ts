import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { DATASET_ARN } from '../lib/support.ts';
import { runApp, runCdk } from './run-app.ts';

/** Every test starts processes, and a busy machine takes its time for them. */
jest.setTimeout(120_000);

const outdir = mkdtempSync(join(tmpdir(), 'personalize-users-app-'));
afterAll(() => rmSync(outdir, { recursive: true }));

/** A value that each setting refuses, and how the refusal begins. */
const WRONG: readonly [setting: string, value: unknown, sentence: string][] = [
  [
    'datasetArn',
    'arn:aws:personalize:eu-west-1:123456789012:dataset/g/ITEMS',
    'datasetArn takes the ARN of a Users dataset, like',
  ],
  [
    'stackName',
    'my stack',
    'stackName takes letters, digits and hyphens, a letter first, at most 128 of them, but got "my stack".',
  ],
  [
    'producerPrincipalArns',
    Array.from({ length: 60 }, (_, index) => `arn:aws:iam::111122223333:role/producer-${index}`).join(),
    'producerPrincipalArns: the policy of the users queue would name 60 principals, and SQS takes 50: name whole accounts',
  ],
  ['producerPrincipalArns', '*', 'producerPrincipalArns takes ARNs of IAM roles, users or accounts'],
  [
    'producerOrganizationId',
    'ou-a1b2-a1b2c3d4',
    'producerOrganizationId takes the id of an AWS organization, like o-a1b2c3d4e5, but got "ou-a1b2-a1b2c3d4".',
  ],
  ['monitoring', 'off', 'monitoring takes true or false, but got "off".'],
  ['tracing', 'yes', 'tracing takes true or false, but got "yes".'],
  ['alarmEmail', 'me', 'alarmEmail takes one e-mail address, like on-call@example.com, but got "me".'],
  ['encryption', 'kms', 'encryption takes one of service-managed, customer-managed, but got "kms".'],
  [
    'encryptionKeyArn',
    'arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    "encryptionKeyArn takes a key in the dataset's region, which is eu-west-1, but got",
  ],
  ['fifo', 'yes', 'fifo takes true or false, but got "yes".'],
  ['requestsPerSecond', '0', 'requestsPerSecond takes a whole number from 1 to 1000, but got "0".'],
  ['maxConcurrency', 1, 'maxConcurrency takes a whole number from 2 to 1000, but got 1.'],
  ['usersPerMessage', '1.5', 'usersPerMessage takes a whole number from 1 to 10000, but got "1.5".'],
  ['batchSize', 'ten', 'batchSize takes a whole number from 1 to 10000, but got "ten".'],
  ['batchingWindowInSeconds', 301, 'batchingWindowInSeconds takes a whole number from 0 to 300, but got 301.'],
  [
    'timeoutInSeconds',
    '4',
    'A batch of 50 messages with up to 1 users each needs 4.1 s within the quota and timeoutInSeconds is 4:',
  ],
  ['visibilityTimeoutInSeconds', '30', 'visibilityTimeoutInSeconds takes at least 79 here'],
  ['maxReceiveCount', '', 'maxReceiveCount takes a whole number from 1 to 1000, but got "".'],
  ['backoffBaseInSeconds', null, 'backoffBaseInSeconds takes a whole number from 1 to 43200, but got null.'],
  ['backoffMaxInSeconds', 1, 'backoffMaxInSeconds takes no less than backoffBaseInSeconds, which is 2, but got 1.'],
  ['maxPropertiesLength', '4 KiB', 'maxPropertiesLength takes a whole number from 1 to 1000000, but got "4 KiB".'],
  [
    'schemaFile',
    'test/fixtures/schemas/interactions-schema.avsc',
    `schemaFile names "${process.cwd()}/test/fixtures/schemas/interactions-schema.avsc", which is no schema of a Users dataset: `,
  ],
  [
    'schemaFile',
    'no-such.avsc',
    `schemaFile takes the path of a file, but there is no "${process.cwd()}/no-such.avsc".`,
  ],
  ['schemaFile', { type: 'record' }, "schemaFile takes the path of a file with the Users dataset's schema, but got {"],
  ['schemaCheck', 'certain', 'schemaCheck is certain and there is no schema to check users by: give schemaFile, or'],
  ['memoryInMiB', 64, 'memoryInMiB takes a whole number from 128 to 10240, but got 64.'],
  ['logRetentionInDays', '31', 'logRetentionInDays takes one of 1, 3, 5, 7, 14, 30, 60,'],
  [
    'logLevel',
    'verbose',
    'logLevel takes one of TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, SILENT, but got "verbose".',
  ],
  [
    'timeoutSeconds',
    '30',
    'timeoutSeconds is not a setting; did you mean timeoutInSeconds, which takes a whole number from 1 to 900?',
  ],
];

describe('the app', () => {
  test.concurrent.each(WRONG)('refuses a wrong %s with one sentence and no stack', async (setting, value, sentence) => {
    const assembly = join(outdir, setting);
    const { status, stdout, stderr } = await runApp({ datasetArn: DATASET_ARN, [setting]: value }, assembly);
    expect({ status, stdout }).toEqual({ status: EXIT_CODES.usage, stdout: '' });
    expect(stderr.startsWith(sentence)).toBe(true);
    expect(stderr.trimEnd()).toMatch(/^[^\n]*[.?]$/);
    expect(existsSync(join(assembly, 'manifest.json'))).toBe(false);
  });

  test('tells about a missing dataset', async () => {
    const { status, stderr } = await runApp({}, join(outdir, 'missing'));
    expect({ status, stderr }).toEqual({
      status: EXIT_CODES.usage,
      stderr:
        'datasetArn is missing: give it with -c datasetArn=ARN; it takes the ARN of a Users dataset, like arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS.\n',
    });
  });

  test('needs a dataset and nothing else', async () => {
    const { status, stdout } = await runCdk([
      'synth',
      '-c',
      `datasetArn=${DATASET_ARN}`,
      '--output',
      join(outdir, 'cdk'),
    ]);
    expect(status).toBe(0);
    expect(stdout).toContain('personalize:PutUsers');
    expect(existsSync(join(outdir, 'cdk', 'PersonalizeUsers.template.json'))).toBe(true);
  });

  test('takes another name for its stack', async () => {
    const context = { datasetArn: DATASET_ARN, stackName: 'Another', 'aws:cdk:bundling-stacks': [] };
    const { status, stderr } = await runApp(context, join(outdir, 'named'));
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(existsSync(join(outdir, 'named', 'Another.template.json'))).toBe(true);
  });
});
