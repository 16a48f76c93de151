/** Each check by itself: what was read, and what is made of it. Every one of its problems occurs once. */
import { describe, expect, test } from '@jest/globals';
import { checkAlarms, checkTopics } from '../../../cli/doctor/checks/alarms.ts';
import { checkClock } from '../../../cli/doctor/checks/clock.ts';
import { checkDataset, checkSchema } from '../../../cli/doctor/checks/dataset.ts';
import { checkKey } from '../../../cli/doctor/checks/encryption.ts';
import { checkConcurrency, checkFunction } from '../../../cli/doctor/checks/function.ts';
import { checkMapping } from '../../../cli/doctor/checks/mapping.ts';
import { checkOrderTable } from '../../../cli/doctor/checks/order-table.ts';
import { checkDeadLetterQueue, checkUsersQueue } from '../../../cli/doctor/checks/queues.ts';
import { checkQuota } from '../../../cli/doctor/checks/quota.ts';
import { checkStack } from '../../../cli/doctor/checks/stack.ts';
import type { Finding } from '../../../cli/doctor/finding.ts';
import { findingOfLetter, userThatFits } from '../../../cli/doctor/probe.ts';
import { readTemplate } from '../../../cli/doctor/template.ts';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { letter, reason } from '../support/letter.ts';

const QUEUE_URL = 'https://sqs.eu-west-1.amazonaws.com/123456789012/users';
const QUEUE_ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';
const LETTERS_ARN = 'arn:aws:sqs:eu-west-1:123456789012:letters';

const NO_HTTP = { Effect: 'Deny', Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
const OUTSIDERS = { Sid: 'OutsidersOnlySend', Effect: 'Deny', Principal: { AWS: '*' }, Condition: { a: { b: 'c' } } };

const TEMPLATE = readTemplate(
  JSON.stringify({
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue' },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: { BatchSize: 50, MaximumBatchingWindowInSeconds: 1, ScalingConfig: { MaximumConcurrency: 2 } },
      },
      Other: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables: { OTHER: 'x' } } } },
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          Timeout: 13,
          MemorySize: 256,
          Environment: {
            Variables: { DATASET_ARN: 'd', QUEUE_URL: { Ref: 'Queue' }, ORDER_SALT: { 'Fn::Join': ['', ['a']] } },
          },
        },
      },
      Policy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: { Queues: [{ Ref: 'Queue' }], PolicyDocument: { Statement: [NO_HTTP, OUTSIDERS] } },
      },
    },
  }),
  [
    { logicalId: 'Mapping', physicalId: 'uuid' },
    { logicalId: 'Other', physicalId: 'other' },
    { logicalId: 'Function', physicalId: 'function' },
    { logicalId: 'Queue', physicalId: QUEUE_URL },
    { logicalId: 'Policy', physicalId: 'policy' },
  ],
);

const MAPPING = {
  uuid: 'uuid',
  state: 'Enabled',
  queueArn: QUEUE_ARN,
  batchSize: 50,
  windowInSeconds: 1,
  maxConcurrency: 2,
  responseTypes: ['ReportBatchItemFailures'],
  lastResult: 'OK',
};
const FUNCTION = {
  state: 'Active',
  stateReason: undefined,
  lastUpdate: 'Successful',
  timeoutInSeconds: 13,
  memoryInMiB: 256,
  runtime: 'nodejs24.x',
  environment: { DATASET_ARN: 'd', QUEUE_URL, ORDER_SALT: 'a' },
};
const QUEUE = {
  ApproximateNumberOfMessages: '3',
  RedrivePolicy: JSON.stringify({ deadLetterTargetArn: LETTERS_ARN, maxReceiveCount: 10 }),
  VisibilityTimeout: '79',
  MessageRetentionPeriod: '1209600',
  SqsManagedSseEnabled: 'true',
  Policy: JSON.stringify({ Statement: [NO_HTTP, OUTSIDERS] }),
};
const EXPECTED = {
  url: QUEUE_URL,
  deadLetterQueueArn: LETTERS_ARN,
  maxReceiveCount: 10,
  visibilityTimeoutInSeconds: 79,
  template: TEMPLATE,
};
const policy = (...statements: readonly object[]) => ({ Policy: JSON.stringify({ Statement: statements }) });
const KEY_POLICY = (...principals: readonly unknown[]) =>
  JSON.stringify({
    Statement: principals.map((Principal) => ({ Effect: 'Allow', Action: ['kms:Decrypt'], Principal })),
  });
const KEY = {
  arn: 'arn:aws:kms:eu-west-1:123456789012:key/k',
  state: 'Enabled',
  policy: KEY_POLICY({ AWS: 'arn:aws:iam::123456789012:root' }, { Service: 'cloudwatch.amazonaws.com' }),
};
const DATASET = {
  arn: 'arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS',
  region: 'eu-west-1',
  status: 'ACTIVE',
  type: 'USERS',
};
const avro = (...fields: readonly object[]) =>
  JSON.stringify({ type: 'record', name: 'Users', fields: [{ name: 'USER_ID', type: 'string' }, ...fields] });
const AGE = { name: 'AGE', type: 'int' };
const KNOWN = { kind: 'known', schema: readUsersSchema(avro(AGE)) } as const;
const ALARM = { name: 'a', state: 'OK', actionsEnabled: true, actions: ['arn:topic'] };
const TOPIC = 'arn:aws:sns:eu-west-1:123456789012:alarms';
const broken = (code: string, removed = true) =>
  findingOfLetter({ letter: letter({ attributes: reason(code, 'no') }), removed });

/** Of each check the good case. */
const GOOD: readonly (readonly [string, Finding, RegExp])[] = [
  ['stack', checkStack('S', 'UPDATE_COMPLETE', true), /S is UPDATE_COMPLETE/],
  ['mapping', checkMapping([MAPPING], QUEUE_ARN, TEMPLATE), /50 messages a batch, 2 at a time/],
  ['mapping without a template', checkMapping([MAPPING], QUEUE_ARN, undefined), /Enabled/],
  ['function', checkFunction(FUNCTION, TEMPLATE), /Active, nodejs24.x, 13 s, 256 MiB/],
  ['function that slept', checkFunction({ ...FUNCTION, state: 'Inactive' }, undefined), /Inactive/],
  ['concurrency', checkConcurrency({ unreserved: 900, wanted: 2 }), /asks for 2, and the account has 900 left/],
  ['reserved concurrency', checkConcurrency({ reserved: 2, unreserved: 0, wanted: 2 }), /2 are reserved/],
  ['users queue', checkUsersQueue(QUEUE, EXPECTED), /About 3 messages wait; a dead letter after 10 receives/],
  [
    'queue with a key',
    checkUsersQueue({ ...QUEUE, SqsManagedSseEnabled: 'false', KmsMasterKeyId: 'k' }, EXPECTED),
    /wait/,
  ],
  [
    'queue of others',
    checkUsersQueue(
      { ...QUEUE, ...policy(NO_HTTP, { Sid: 'X', Effect: 'Allow', Principal: {} }) },
      { ...EXPECTED, url: 'other' },
    ),
    /wait/,
  ],
  [
    'dead-letter queue',
    checkDeadLetterQueue({ ...QUEUE, ApproximateNumberOfMessages: '0' }, EXPECTED),
    /Empty, encrypted/,
  ],
  ['key', checkKey(KEY, '123456789012', true), /root, cloudwatch.amazonaws.com/],
  ['dataset', checkDataset(DATASET, 'eu-west-1'), /ACTIVE, of the kind USERS/],
  ['no schema', checkSchema(avro(AGE), { kind: 'none' }), /goes by none/],
  ['schema', checkSchema(avro(AGE), KNOWN), /the dataset's own, 1 fields/],
  ['alarms', checkAlarms([ALARM, { ...ALARM, state: 'INSUFFICIENT_DATA' }], ['a']), /2 alarms, none of them on/],
  ['no alarms', checkAlarms([], []), /None was deployed/],
  ['topic', checkTopics([{ arn: TOPIC, subscriptions: ['PendingConfirmation', `${TOPIC}:1`] }]), /^alarms: somebody/],
  ['quota that is not listed', checkQuota([], 10), /10 calls a second of 10 .*not known to be adjustable/],
  ['quota', checkQuota([{ name: 'Rate of PutUsers requests', value: 20, adjustable: true }], 20), /It is adjustable/],
  ['order table', checkOrderTable({ name: 't', status: 'ACTIVE', timeToLive: 'ENABLED' }), /forgets after 100 days/],
  ['clock', checkClock(-3), /right to some seconds/],
  ['probe', broken('MessageContractViolation'), /and was removed/],
];

/** Of each check every problem: its verdict, and what is said. */
const BAD: readonly (readonly [string, Finding, 'warning' | 'failed', RegExp])[] = [
  ['stack that was rolled back', checkStack('S', 'UPDATE_ROLLBACK_COMPLETE', true), 'warning', /rolled back/],
  ['stack in progress', checkStack('S', 'UPDATE_IN_PROGRESS', true), 'warning', /when it is done/],
  ['stack that failed', checkStack('S', 'ROLLBACK_COMPLETE', true), 'failed', /ROLLBACK_COMPLETE/],
  ['stack without a template', checkStack('S', 'CREATE_COMPLETE', false), 'warning', /cloudformation:GetTemplate/],
  ['no mapping', checkMapping([{ ...MAPPING, queueArn: 'other' }], QUEUE_ARN, TEMPLATE), 'failed', /No mapping/],
  [
    'mapping off',
    checkMapping([{ ...MAPPING, state: 'Disabled' }], QUEUE_ARN, TEMPLATE),
    'failed',
    /--uuid uuid --enabled/,
  ],
  ['mapping under way', checkMapping([{ ...MAPPING, state: 'Enabling' }], QUEUE_ARN, TEMPLATE), 'warning', /Enabling/],
  [
    'mapping without partial failures',
    checkMapping([{ ...MAPPING, responseTypes: [] }], QUEUE_ARN, TEMPLATE),
    'failed',
    /are lost/,
  ],
  [
    'mapping with a problem',
    checkMapping([{ ...MAPPING, lastResult: 'PROBLEM: x' }], QUEUE_ARN, TEMPLATE),
    'warning',
    /PROBLEM: x/,
  ],
  [
    'mapping changed',
    checkMapping([{ ...MAPPING, maxConcurrency: 9 }], QUEUE_ARN, TEMPLATE),
    'warning',
    /MaximumConcurrency is 9 and was 2/,
  ],
  [
    'mapping unlimited',
    checkMapping([{ ...MAPPING, maxConcurrency: undefined }], QUEUE_ARN, TEMPLATE),
    'warning',
    /not set and was 2/,
  ],
  [
    'function failed',
    checkFunction({ ...FUNCTION, state: 'Failed', stateReason: 'why' }, TEMPLATE),
    'failed',
    /Failed: why/,
  ],
  ['function pending', checkFunction({ ...FUNCTION, state: 'Pending' }, TEMPLATE), 'warning', /being made/],
  [
    'function half updated',
    checkFunction({ ...FUNCTION, lastUpdate: 'Failed' }, TEMPLATE),
    'failed',
    /what was there before/,
  ],
  ['function in an update', checkFunction({ ...FUNCTION, lastUpdate: 'InProgress' }, TEMPLATE), 'warning', /updated/],
  [
    'environment changed',
    checkFunction({ ...FUNCTION, environment: { DATASET_ARN: 'x' } }, TEMPLATE),
    'failed',
    /DATASET_ARN, QUEUE_URL\.$/m,
  ],
  ['time-out changed', checkFunction({ ...FUNCTION, timeoutInSeconds: 3 }, TEMPLATE), 'failed', /Timeout/],
  ['too little reserved', checkConcurrency({ reserved: 1, wanted: 2 }), 'failed', /at last dead letters/],
  ['function stopped', checkConcurrency({ reserved: 0, wanted: 2 }), 'failed', /delete-function-concurrency/],
  ['account without room', checkConcurrency({ unreserved: 0, wanted: 2 }), 'failed', /Service Quotas, AWS Lambda/],
  ['no redrive', checkUsersQueue({ ...QUEUE, RedrivePolicy: undefined }, EXPECTED), 'failed', /no dead-letter queue/],
  ['redrive elsewhere', checkUsersQueue(QUEUE, { ...EXPECTED, deadLetterQueueArn: 'x' }), 'failed', /another one/],
  [
    'another count',
    checkUsersQueue(QUEUE, { ...EXPECTED, maxReceiveCount: 3 }),
    'failed',
    /after 10 receives, and the function counts to 3/,
  ],
  [
    'another visibility',
    checkUsersQueue({ ...QUEUE, VisibilityTimeout: '30' }, EXPECTED),
    'warning',
    /30 s, and was deployed as 79 s/,
  ],
  [
    'short retention',
    checkUsersQueue({ ...QUEUE, MessageRetentionPeriod: '345600' }, EXPECTED),
    'warning',
    /4 days, and not for 14/,
  ],
  ['no encryption', checkUsersQueue({ ...QUEUE, SqsManagedSseEnabled: 'false' }, EXPECTED), 'failed', /not encrypted/],
  ['plain HTTP', checkUsersQueue({ ...QUEUE, ...policy(OUTSIDERS) }, EXPECTED), 'failed', /plain HTTP/],
  ['no policy', checkUsersQueue({ ...QUEUE, Policy: undefined }, EXPECTED), 'failed', /OutsidersOnlySend/],
  [
    'open to everybody',
    checkUsersQueue(
      { ...QUEUE, ...policy(NO_HTTP, OUTSIDERS, { Sid: 'All', Effect: 'Allow', Principal: '*' }) },
      EXPECTED,
    ),
    'failed',
    /lets everybody in/,
  ],
  [
    'a stranger',
    checkUsersQueue(
      { ...QUEUE, ...policy(NO_HTTP, OUTSIDERS, { Sid: 'New', Effect: 'Allow', Principal: { AWS: 'x' } }) },
      EXPECTED,
    ),
    'warning',
    /was not deployed: New/,
  ],
  ['dead letters', checkDeadLetterQueue(QUEUE, EXPECTED), 'warning', /About 3 dead letters/],
  ['key off', checkKey({ ...KEY, state: 'Disabled' }, '123456789012', true), 'failed', /enable-key/],
  [
    'key about to go',
    checkKey({ ...KEY, state: 'PendingDeletion' }, '123456789012', true),
    'failed',
    /cancel-key-deletion/,
  ],
  [
    'key of strangers',
    checkKey({ ...KEY, policy: KEY_POLICY({ AWS: 'arn:aws:iam::999999999999:root' }) }, '123456789012', false),
    'failed',
    /nobody of the account/,
  ],
  [
    'key without CloudWatch',
    checkKey({ ...KEY, policy: KEY_POLICY({ AWS: 'arn:aws:iam::123456789012:root' }) }, '123456789012', true),
    'warning',
    /nobody hears of it/,
  ],
  ['dataset not active', checkDataset({ ...DATASET, status: 'CREATE FAILED' }, 'eu-west-1'), 'failed', /CREATE FAILED/],
  ['dataset of items', checkDataset({ ...DATASET, type: 'Items' }, 'eu-west-1'), 'failed', /Items, and not USERS/],
  ['dataset elsewhere', checkDataset(DATASET, 'us-east-1'), 'failed', /the stack is in us-east-1/],
  ['field added', checkSchema(avro(AGE, { name: 'CITY', type: 'string' }), KNOWN), 'failed', /CITY is not deployed/],
  ['field gone', checkSchema(avro({ name: 'CITY', type: 'string' }), KNOWN), 'failed', /AGE is not in the dataset/],
  [
    'field of another type',
    checkSchema(avro({ ...AGE, type: ['null', 'long'] }), KNOWN),
    'failed',
    /AGE is null\|long and was deployed as int/,
  ],
  ['schema too long to say', checkSchema(avro(AGE), { kind: 'unsaid' }), 'warning', /cannot be compared/],
  ['schema that is none', checkSchema('{}', KNOWN), 'warning', /cannot be read/],
  [
    'alarm on',
    checkAlarms([{ ...ALARM, state: 'ALARM', reason: 'Threshold crossed.' }], ['a']),
    'warning',
    /a is on: Threshold crossed\.$/m,
  ],
  ['alarm gone', checkAlarms([ALARM], ['a', 'b']), 'failed', /They are gone: b/],
  ['alarm silenced', checkAlarms([{ ...ALARM, actionsEnabled: false }], ['a']), 'warning', /enable-alarm-actions/],
  ['alarm for nobody', checkAlarms([{ ...ALARM, actions: [] }], ['a']), 'warning', /have nobody to tell/],
  [
    'not confirmed',
    checkTopics([{ arn: TOPIC, subscriptions: ['PendingConfirmation'] }]),
    'warning',
    /is not confirmed/,
  ],
  ['no subscriber', checkTopics([{ arn: TOPIC, subscriptions: [] }]), 'warning', /has no subscriber/],
  ['too fast', checkQuota([], 20), 'warning', /makes 20 calls a second, and PutUsers takes 10/],
  [
    'too slow',
    checkQuota([{ name: 'PutUsers', value: 50, adjustable: false }], 10),
    'warning',
    /slower than it could be/,
  ],
  ['table in trouble', checkOrderTable({ name: 't', status: 'ARCHIVED', timeToLive: 'ENABLED' }), 'failed', /ARCHIVED/],
  [
    'table that never forgets',
    checkOrderTable({ name: 't', status: 'ACTIVE', timeToLive: 'DISABLED' }),
    'warning',
    /never forgotten/,
  ],
  ['clock off', checkClock(301), 'failed', /301 s ahead/],
  ['clock somewhat off', checkClock(-40), 'warning', /40 s behind/],
  ['no letter in time', findingOfLetter(undefined), 'failed', /did not become a dead letter/],
  ['letter of another reason', broken('InternalError'), 'failed', /InternalError, and not MessageContractViolation/],
  ['letter that stays', broken('MessageContractViolation', false), 'failed', /could not be removed/],
];

describe('all is well', () => {
  test.each(GOOD)('%s', (_, { verdict, says, problems }, text) => {
    expect({ verdict, problems }).toEqual({ verdict: 'ok', problems: [] });
    expect(says).toMatch(text);
  });
});

describe('something is wrong', () => {
  test.each(BAD)('%s', (_, { verdict, says, problems }, expected, text) => {
    expect(verdict).toBe(expected);
    expect(says).toBeUndefined();
    const said = problems.map((problem) => `${problem.says}\n${problem.todo}`).join('\n');
    expect(said).toMatch(text);
    for (const problem of problems) expect(problem.todo).toMatch(/\S/);
  });
});

test('the user of a probe has what the schema needs, and no more', () => {
  const fields = [
    AGE,
    { name: 'CITY', type: 'string' },
    { name: 'IS_NEW', type: 'boolean' },
    { name: 'X', type: ['null', 'int'] },
  ];
  expect(userThatFits('a', readUsersSchema(avro(...fields)))).toEqual({
    userId: 'a',
    properties: '{"age":0,"city":"probe","isNew":false}',
  });
  expect(userThatFits('a', undefined)).toEqual({ userId: 'a' });
});
