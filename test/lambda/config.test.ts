import { expect, test } from '@jest/globals';
import { ConfigurationError, readConfig } from '../../lambda/config.ts';

const environment = {
  DATASET_ARN: 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS',
  QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users',
  DEAD_LETTER_QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/dead',
  MAX_RECEIVE_COUNT: '10',
  REQUESTS_PER_SECOND: '10',
  MAX_CONCURRENCY: '2',
  MAX_PROPERTIES_LENGTH: '4096',
  BACKOFF_BASE_SECONDS: '2',
  BACKOFF_MAX_SECONDS: '900',
  TIMEOUT_SECONDS: '40',
};

test('reads numbers as numbers', () => {
  expect(readConfig({ ...environment, REQUESTS_PER_SECOND: '0.5' })).toMatchObject({
    REQUESTS_PER_SECOND: 0.5,
    MAX_RECEIVE_COUNT: 10,
    QUEUE_URL: environment.QUEUE_URL,
  });
});

test.each([
  ['MAX_RECEIVE_COUNT', 1, 1000],
  ['MAX_CONCURRENCY', 1, 1000],
  ['MAX_PROPERTIES_LENGTH', 1, 1_000_000],
  ['BACKOFF_BASE_SECONDS', 0, 43_200],
  ['BACKOFF_MAX_SECONDS', 0, 43_200],
  ['TIMEOUT_SECONDS', 1, 900],
] as const)('%s takes %i to %i', (name, least, most) => {
  for (const value of [least, most]) {
    expect(readConfig({ ...environment, [name]: String(value) })[name]).toBe(value);
  }
});

test.each([
  ['DATASET_ARN', 'arn:aws-us-gov:personalize:us-gov-west-1:1:dataset/shop/USERS'],
  ['QUEUE_URL', 'http://127.0.0.1:4100/1/users'],
  ['QUEUE_URL', 'https://sqs.eu-west-1.amazonaws.com/1/users'],
] as const)('%s takes %s', (name, value) => {
  expect(readConfig({ ...environment, [name]: value })[name]).toBe(value);
});

test.each(Object.keys(environment))('%s missing or empty fails with its name', (name) => {
  for (const value of [undefined, '', '  ']) {
    expect(() => readConfig({ ...environment, [name]: value })).toThrow(
      `The function's environment is not usable: ${name} is not set.`,
    );
  }
});

test.each([
  ['DATASET_ARN', 'shop', 'the ARN of a Personalize Users dataset'],
  ['DATASET_ARN', 'barn:aws:personalize:eu-west-1:1:dataset/shop/USERS', 'the ARN of a Personalize Users dataset'],
  ['DATASET_ARN', 'arn:AWS:personalize:eu-west-1:1:dataset/shop/USERS', 'the ARN of a Personalize Users dataset'],
  ['DATASET_ARN', 'arn:aws:personalize:eu-west-1:1:dataset/shop/USERS\n', 'the ARN of a Personalize Users dataset'],
  ['QUEUE_URL', 'users', 'the URL of a queue'],
  ['DEAD_LETTER_QUEUE_URL', 'ftp://dead', 'the URL of a queue'],
  ['MAX_RECEIVE_COUNT', '0', 'a whole number from 1 to 1000'],
  ['MAX_RECEIVE_COUNT', '2.5', 'a whole number from 1 to 1000'],
  ['MAX_RECEIVE_COUNT', '1001', 'a whole number from 1 to 1000'],
  ['REQUESTS_PER_SECOND', '0', 'a number above 0'],
  ['REQUESTS_PER_SECOND', '-1', 'a number above 0'],
  ['REQUESTS_PER_SECOND', 'Infinity', 'a number above 0'],
  ['MAX_CONCURRENCY', 'two', 'a whole number from 1 to 1000'],
  ['MAX_PROPERTIES_LENGTH', 'NaN', 'a whole number from 1 to 1000000'],
  ['BACKOFF_BASE_SECONDS', '43201', 'a whole number from 0 to 43200'],
])('%s=%s fails with its name, what it holds and what it takes', (name, value, takes) => {
  expect(() => readConfig({ ...environment, [name]: value })).toThrow(
    `The function's environment is not usable: ${name} is ${JSON.stringify(value)}, but must be ${takes}.`,
  );
});

test('the schema of the dataset and what is done by it are both there, or neither', () => {
  const schema = { USERS_SCHEMA_FILE: 'users-schema.json', SCHEMA_CHECK: 'separate' };
  expect(readConfig({ ...environment, ...schema })).toMatchObject(schema);
  expect(readConfig(environment)).not.toHaveProperty('SCHEMA_CHECK');
  expect(() => readConfig({ ...environment, ...schema, SCHEMA_CHECK: ' ' })).toThrow(
    "The function's environment is not usable: SCHEMA_CHECK is not set, and USERS_SCHEMA_FILE is.",
  );
  expect(() => readConfig({ ...environment, SCHEMA_CHECK: 'all', QUEUE_URL: 'x' })).toThrow(
    'QUEUE_URL is "x", but must be the URL of a queue; USERS_SCHEMA_FILE is not set, and SCHEMA_CHECK is.',
  );
  expect(() => readConfig({ ...environment, ...schema, SCHEMA_CHECK: 'strict' })).toThrow(
    'SCHEMA_CHECK is "strict", but must be one of certain, all, separate, off.',
  );
});

test('the table of versions and its salt are both there, or neither', () => {
  const order = { ORDER_TABLE_NAME: 'Versions', ORDER_SALT: 'salt' };
  expect(readConfig({ ...environment, ...order })).toMatchObject(order);
  expect(readConfig(environment)).not.toHaveProperty('ORDER_TABLE_NAME');
  expect(() => readConfig({ ...environment, ORDER_TABLE_NAME: 'Versions' })).toThrow(
    "The function's environment is not usable: ORDER_SALT is not set, and ORDER_TABLE_NAME is.",
  );
  expect(() => readConfig({ ...environment, ORDER_SALT: 'salt' })).toThrow(
    "The function's environment is not usable: ORDER_TABLE_NAME is not set, and ORDER_SALT is.",
  );
});

test('every wrong variable is named at once', () => {
  expect(() => readConfig({ ...environment, QUEUE_URL: undefined, MAX_CONCURRENCY: 'x' })).toThrow(
    /QUEUE_URL is not set; MAX_CONCURRENCY is "x"/,
  );
});

test('the error is named for what is wrong, so that it is found in the log of a function that does not start', () => {
  expect(() => readConfig({})).toThrow(ConfigurationError);
  expect(() => readConfig({})).toThrow(expect.objectContaining({ name: 'ConfigurationError' }));
});
