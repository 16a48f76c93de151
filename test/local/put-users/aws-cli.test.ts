import { execFile, spawnSync } from 'node:child_process';
import { describe, expect, test } from '@jest/globals';
import { DATASET_ARN, OTHER_DATASET_ARN, withService } from './support.ts';

const hasCli = spawnSync('aws', ['--version']).status === 0;
if (!hasCli) console.warn('The tests with the AWS CLI are skipped: there is no aws on the PATH.');

/** Credentials of nobody, one attempt, and nothing else that is set up on this machine. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  HOME: process.env.HOME,
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_DEFAULT_REGION: 'eu-central-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_MAX_ATTEMPTS: '1',
};

interface Finished {
  readonly exitCode: number;
  readonly output: string;
  readonly error: string;
}

function putUsers(endpoint: string, datasetArn: string, users: unknown, ...flags: string[]): Promise<Finished> {
  const parameters = ['--dataset-arn', datasetArn, '--users', JSON.stringify(users), '--endpoint-url', endpoint];
  return new Promise((resolve) => {
    execFile(
      'aws',
      ['personalize-events', 'put-users', ...parameters, ...flags],
      { env: ENVIRONMENT },
      (error, stdout, stderr) =>
        resolve({ exitCode: error === null ? 0 : Number(error.code), output: stdout, error: stderr }),
    );
  });
}

(hasCli ? describe : describe.skip)('aws personalize-events put-users', () => {
  test('stores users, and says nothing', async () => {
    await withService({}, async ({ service }) => {
      const users = [{ userId: 'ada', properties: '{"age": 36}' }, { userId: 'bob' }];
      const finished = await putUsers(service.endpoint, DATASET_ARN, users);
      expect(finished).toEqual({ exitCode: 0, output: '', error: '' });
      expect([...service.users(DATASET_ARN).values()]).toEqual([
        { userId: 'ada', properties: { age: 36 } },
        { userId: 'bob', properties: {} },
      ]);
    });
  }, 60_000);

  test('shows the error of the service by name', async () => {
    await withService({}, async ({ service }) => {
      const { exitCode, error } = await putUsers(service.endpoint, OTHER_DATASET_ARN, [{ userId: 'ada' }]);
      expect(exitCode).not.toBe(0);
      expect(error).toContain(
        'An error occurred (ResourceNotFoundException) when calling the PutUsers operation: ' +
          `Could not find the specified resource: ${OTHER_DATASET_ARN}`,
      );
    });
  }, 60_000);

  test('is refused when it does not sign', async () => {
    await withService({}, async ({ service }) => {
      const { error } = await putUsers(service.endpoint, DATASET_ARN, [{ userId: 'ada' }], '--no-sign-request');
      expect(error).toContain('(MissingAuthenticationTokenException)');
      expect(service.users(DATASET_ARN).size).toBe(0);
    });
  }, 60_000);
});
