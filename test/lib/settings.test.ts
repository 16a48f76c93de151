import { describe, expect, test } from '@jest/globals';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { SettingError } from '../../lib/setting.ts';
import { LOG_RETENTION_DAYS, readSettings, SETTINGS } from '../../lib/settings.ts';
import { DATASET_ARN } from './support.ts';

const read = (context: Record<string, unknown>) => readSettings({ datasetArn: DATASET_ARN, ...context });

describe('settings from the context', () => {
  test('are read from text, as -c gives it', () => {
    expect(
      read({
        batchSize: '20',
        fifo: 'false',
        logLevel: 'DEBUG',
        producerPrincipalArns: 'arn:aws:iam::123456789012:root',
      }),
    ).toEqual({
      datasetArn: DATASET_ARN,
      batchSize: 20,
      fifo: false,
      logLevel: 'DEBUG',
      producerPrincipalArns: ['arn:aws:iam::123456789012:root'],
    });
  });

  test('are read from values, as cdk.json has them', () => {
    expect(read({ batchSize: 20, fifo: true, producerPrincipalArns: ['arn:aws:iam::123456789012:user/a/b'] })).toEqual({
      datasetArn: DATASET_ARN,
      batchSize: 20,
      fifo: true,
      producerPrincipalArns: ['arn:aws:iam::123456789012:user/a/b'],
    });
  });

  test('several producers are separated by commas', () => {
    const [one, other] = ['arn:aws:iam::123456789012:role/a', 'arn:aws-cn:iam::111122223333:root'];
    expect(read({ producerPrincipalArns: `${one}, ${other}` }).producerPrincipalArns).toEqual([one, other]);
    expect(read({ producerPrincipalArns: '' }).producerPrincipalArns).toEqual([]);
  });

  test('leave out what is not given', () => {
    expect(read({})).toEqual({ datasetArn: DATASET_ARN });
  });

  test('need a dataset', () => {
    expect(() => readSettings({})).toThrow(
      /^datasetArn is missing: give it with -c datasetArn=ARN; it takes the ARN of a/,
    );
  });
});

describe('a wrong value', () => {
  const wholeNumbers = [
    ['requestsPerSecond', 1, 1_000],
    ['maxConcurrency', 2, 1_000],
    ['usersPerMessage', 1, 10_000],
    ['batchSize', 1, 10_000],
    ['batchingWindowInSeconds', 0, 300],
    ['timeoutInSeconds', 1, 900],
    ['visibilityTimeoutInSeconds', 1, 43_200],
    ['maxReceiveCount', 1, 1_000],
    ['backoffBaseInSeconds', 1, 43_200],
    ['backoffMaxInSeconds', 1, 43_200],
    ['maxPropertiesLength', 1, 1_000_000],
    ['memoryInMiB', 128, 10_240],
  ] as const;

  test.each(wholeNumbers)('%s takes what is from %d to %d', (name, min, max) => {
    expect(read({ [name]: min })).toHaveProperty(name, min);
    expect(read({ [name]: String(max) })).toHaveProperty(name, max);
    for (const value of [min - 1, max + 1, String(min - 1), min + 0.5]) {
      expect(() => read({ [name]: value })).toThrow(
        new SettingError(name, `${name} takes a whole number from ${min} to ${max}, but got ${JSON.stringify(value)}.`),
      );
    }
  });

  test.each(['ten', '', ' 10', '1e2', '0x10', '10s', null, true, [10], Number.NaN])('%j is not a number', (value) => {
    expect(() => read({ batchSize: value })).toThrow(/^batchSize takes a whole number from 1 to 10000, but got /);
  });

  test.each([
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'Infinity'],
    [10n, '10'],
    [() => 10, 'a function'],
    [Symbol('ten'), 'a symbol'],
    [circular(), 'an object that is no JSON'],
    [null, 'null'],
  ])('a value that JSON does not have is shown as it is: %p', (value, shown) => {
    expect(() => read({ batchSize: value })).toThrow(
      `batchSize takes a whole number from 1 to 10000, but got ${shown}.`,
    );
  });

  test.each(['yes', '1', 1, '', 'TRUE', null, ['true'], 'toString'])('%j is neither true nor false', (value) => {
    expect(() => read({ fifo: value })).toThrow(`fifo takes true or false, but got ${JSON.stringify(value)}.`);
  });

  test.each([0, 2, 31, '4000', 'Infinity'])('%j days are not among what CloudWatch keeps logs for', (value) => {
    expect(() => read({ logRetentionInDays: value })).toThrow(
      /^logRetentionInDays takes one of 1, 3, 5, 7, 14, 30, .* 3653, but/,
    );
  });

  test.each(['info', 'VERBOSE', '', 6])('%j is not a log level', (value) => {
    expect(() => read({ logLevel: value })).toThrow(
      `logLevel takes one of TRACE, DEBUG, INFO, WARN, ERROR, CRITICAL, SILENT, but got ${JSON.stringify(value)}.`,
    );
  });

  test.each(['1st', '', 'my_stack', 'a'.repeat(129), 5])('%j is not the name of a stack', (value) => {
    expect(() => read({ stackName: value })).toThrow(/^stackName takes letters, digits and hyphens/);
  });

  test.each(['kms', 'Customer-Managed', '', true])('%j does not say whose key encrypts', (value) => {
    expect(() => read({ encryption: value })).toThrow(
      `encryption takes one of service-managed, customer-managed, but got ${JSON.stringify(value)}.`,
    );
  });

  test.each(['alias/users', 'arn:aws:kms:eu-west-1:123456789012:alias/users', '', {}])('%j is not a key', (value) => {
    expect(() => read({ encryptionKeyArn: value })).toThrow(
      `encryptionKeyArn takes ${SETTINGS.encryptionKeyArn.takes}, but got ${JSON.stringify(value)}.`,
    );
  });

  test.each([
    'me',
    'a@b',
    '',
    'a@b.example,c@d.example',
    'a@b.example c@d.example',
    'Ann <a@b.example>',
    'a@b.example\n',
    'a@@b.example',
    'a@b..example',
    '@b.example',
    `${'a'.repeat(250)}@b.example`,
    ['a@b.example'],
  ])('%j is not an e-mail address', (value) => {
    expect(() => read({ alarmEmail: value })).toThrow(
      `alarmEmail takes one e-mail address, like on-call@example.com, but got ${JSON.stringify(value)}.`,
    );
  });

  test.each(['on-call@example.com', "o'hara+users@mail.example.co.uk", 'ü@bücher.example'])('%s is one', (value) => {
    expect(read({ alarmEmail: value })).toHaveProperty('alarmEmail', value);
  });

  test.each(['monitoring', 'tracing'])('%s is true or false', (name) => {
    expect(read({ [name]: 'false' })).toHaveProperty(name, false);
    expect(read({ [name]: true })).toHaveProperty(name, true);
    expect(() => read({ [name]: 'off' })).toThrow(`${name} takes true or false, but got "off".`);
  });

  test.each(['o-short', 'ou-a1b2-a1b2c3d4', '*', ['o-a1b2c3d4e5']])('%j is not an organization', (value) => {
    expect(() => read({ producerOrganizationId: value })).toThrow(
      `producerOrganizationId takes the id of an AWS organization, like o-a1b2c3d4e5, but got ${JSON.stringify(value)}.`,
    );
  });

  test.each(['someone', 'arn:aws:iam::123456789012:root,', '*', {}, ['*'], [5]])('%j are no producers', (value) => {
    expect(() => read({ producerPrincipalArns: value })).toThrow(
      `producerPrincipalArns takes ARNs of IAM roles, users or accounts (arn:aws:iam::123456789012:root) with commas between, but got ${JSON.stringify(value)}.`,
    );
  });
});

describe('a name that is no setting', () => {
  test.each([
    ['batchsize', 'batchSize'],
    ['bachSize', 'batchSize'],
    ['batchWindow', 'batchingWindowInSeconds'],
    ['timeout', 'timeoutInSeconds'],
    ['timeoutSeconds', 'timeoutInSeconds'],
    ['visibilityTimeout', 'visibilityTimeoutInSeconds'],
    ['memoryInMB', 'memoryInMiB'],
    ['logRetentionDays', 'logRetentionInDays'],
    ['log-level', 'logLevel'],
    ['DATASET_ARN', 'datasetArn'],
    ['maxConcurency', 'maxConcurrency'],
    ['producerPrincipalArn', 'producerPrincipalArns'],
    ['producerOrganisationId', 'producerOrganizationId'],
    ['encryptionKey', 'encryptionKeyArn'],
    ['alarmMail', 'alarmEmail'],
    ['monitor', 'monitoring'],
    ['xTracing', 'tracing'],
  ])('%s is refused, and %s suggested', (typed, meant) => {
    expect(() => read({ [typed]: 1 })).toThrow(`${typed} is not a setting; did you mean ${meant}, which takes `);
  });

  test.each([
    '@aws-cdk/core:checkSecretUsage',
    'aws:cdk:bundling-stacks',
    'cli-telemetry',
    'stage',
    'foo',
    'owner',
    '',
    'toString',
  ])('%j is somebody else’s', (name) => {
    expect(read({ [name]: 1 })).toEqual({ datasetArn: DATASET_ARN });
  });
});

test('the log retention of CloudWatch is what the CDK knows of it', () => {
  const known = Object.values(RetentionDays).filter(
    (days) => typeof days === 'number' && days !== RetentionDays.INFINITE,
  );
  expect(LOG_RETENTION_DAYS).toEqual(known);
});

function circular(): object {
  const object: Record<string, unknown> = {};
  object.itself = object;
  return object;
}
