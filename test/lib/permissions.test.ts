/** Every policy of the stack, statement by statement: whatever is not written here is not allowed. */
import { describe, expect, test } from '@jest/globals';
import type { Template } from 'aws-cdk-lib/assertions';
import type { PersonalizeUsersStackProps } from '../../lib/personalize-users-stack.ts';
import { arnOf, createStack, DATASET_ARN, KEY_ARN, resource, stackTemplate } from './support.ts';

const OWN_ROLE = 'arn:aws:iam::123456789012:role/sign-up';
const OTHER_ACCOUNT = 'arn:aws:iam::111122223333:root';
const ORGANIZATION = 'o-a1b2c3d4e5';

/** What a key is used for by everybody but CloudWatch Logs. */
const USE = ['kms:Decrypt', 'kms:GenerateDataKey'];
const ALARMS = ['NothingDelivered', 'DeadLetters', 'OldMessages', 'MoreDeadLetters', 'FunctionErrors', 'Throttling'];
/** What holds for the alarms of the stack, and nothing else. */
const OF_THE_ALARMS = {
  StringEquals: { 'aws:SourceAccount': '123456789012' },
  ArnEquals: {
    'aws:SourceArn': ALARMS.map((name) => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:PersonalizeUsers-${name}`),
  },
};
const THROUGH_SQS = { StringEquals: { 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com' } };

/** A key that the stack makes, and one that it is given: what it is called in a policy, and the settings. */
const KEYS: readonly [string, Partial<PersonalizeUsersStackProps>, (template: Template) => unknown][] = [
  ['a key that the stack makes', { encryption: 'customer-managed' }, (template) => arnOf(template, 'AWS::KMS::Key')],
  ['a key that it is given', { encryptionKeyArn: KEY_ARN }, () => KEY_ARN],
];

describe("the users queue's policy", () => {
  const allowance = (template: Template, principal: unknown) => ({
    Effect: 'Allow',
    Principal: { AWS: principal },
    Action: 'sqs:SendMessage',
    Resource: queueArn(template),
  });

  test('lets nobody in', () => {
    const template = stackTemplate();
    expect(queuePolicy(template, 'UsersQueue')).toEqual([refusalOfPlainHttp(template, 'UsersQueue'), rest(template)]);
  });

  test('lets the producers send that the stack was told of, and nothing else', () => {
    const template = stackTemplate({ producerPrincipalArns: [OWN_ROLE, OTHER_ACCOUNT] });
    expect(queuePolicy(template, 'UsersQueue')).toEqual([
      refusalOfPlainHttp(template, 'UsersQueue'),
      rest(template),
      allowance(template, [OTHER_ACCOUNT, OWN_ROLE]),
    ]);
  });

  test('lets the organization send that the stack was told of, and nothing else', () => {
    const template = stackTemplate({ producerOrganizationId: ORGANIZATION });
    expect(queuePolicy(template, 'UsersQueue')).toEqual([
      refusalOfPlainHttp(template, 'UsersQueue'),
      rest(template),
      { ...allowance(template, '*'), Condition: { StringEquals: { 'aws:PrincipalOrgID': ORGANIZATION } } },
    ]);
  });

  test.each(KEYS)('is the same with %s', (_, props) => {
    const template = stackTemplate({ ...props, producerPrincipalArns: [OTHER_ACCOUNT] });
    expect(queuePolicy(template, 'UsersQueue')).toEqual([
      refusalOfPlainHttp(template, 'UsersQueue'),
      rest(template),
      allowance(template, OTHER_ACCOUNT),
    ]);
  });

  /** Whoever is of another account may do nothing but send, even if somebody allows it later. */
  function rest(template: Template) {
    return {
      ...refusalOfOutsiders(template, 'UsersQueue'),
      Sid: 'OutsidersOnlySend',
      Action: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ListDeadLetterSourceQueues',
        'sqs:PurgeQueue',
        'sqs:ReceiveMessage',
      ],
    };
  }
});

describe("the dead-letter queue's policy", () => {
  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['by default', {}],
    ['with producers', { producerPrincipalArns: [OWN_ROLE, OTHER_ACCOUNT] }],
    ['with an organization', { producerOrganizationId: ORGANIZATION }],
    ['with a key', { encryption: 'customer-managed' }],
  ])('lets nobody in, %s', (_, props) => {
    const template = stackTemplate(props);
    expect(queuePolicy(template, 'DeadLetterQueue')).toEqual([
      refusalOfPlainHttp(template, 'DeadLetterQueue'),
      { ...refusalOfOutsiders(template, 'DeadLetterQueue'), Sid: 'RefuseOutsiders', Action: 'sqs:*' },
    ]);
  });
});

describe('a producer', () => {
  test.each(['*', 'arn:aws:iam::*:root', '123456789012', 'arn:aws:sts::123456789012:assumed-role/a/b'])(
    'is not %s',
    (arn) => {
      expect(() => createStack({ producerPrincipalArns: [OWN_ROLE, arn] })).toThrow(
        /^producerPrincipalArns takes ARNs of IAM/,
      );
    },
  );

  test.each(['*', 'o-*', 'o-short', 'r-a1b2', 'ou-a1b2-a1b2c3d4', 'o-A1B2C3D4E5', `${ORGANIZATION} `])(
    'is not of the organization %j',
    (producerOrganizationId) => {
      expect(() => createStack({ producerOrganizationId })).toThrow(
        /^producerOrganizationId takes the id of an AWS org/,
      );
    },
  );
});

describe("the function's role", () => {
  const template = stackTemplate();
  const { Properties } = resource(template, 'AWS::IAM::Role');

  test('is the only one, and is used by the function', () => {
    expect(resource(template, 'AWS::Lambda::Function').Properties.Role).toEqual(arnOf(template, 'AWS::IAM::Role'));
  });

  test('may put users into the one dataset, consume the one queue, send dead letters and log, and no more', () => {
    expect(rolePolicy(template)).toEqual(statementsWithoutKey(template));
  });

  test.each(KEYS)('may use %s through SQS as well, and no other', (_, props, keyArn) => {
    const encrypted = stackTemplate(props);
    expect(rolePolicy(encrypted)).toEqual([
      ...statementsWithoutKey(encrypted),
      {
        Sid: 'UseEncryptionKey',
        Effect: 'Allow',
        Action: USE,
        Resource: keyArn(encrypted),
        Condition: THROUGH_SQS,
      },
    ]);
  });

  test('may write traces as well with tracing, which takes no resources, and no more', () => {
    const traced = stackTemplate({ tracing: true });
    expect(rolePolicy(traced)).toEqual([
      ...statementsWithoutKey(traced),
      { Effect: 'Allow', Action: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], Resource: '*' },
    ]);
    expect(resource(traced, 'AWS::Lambda::Function').Properties.TracingConfig).toEqual({ Mode: 'Active' });
    expect(resource(template, 'AWS::Lambda::Function').Properties).not.toHaveProperty('TracingConfig');
  });

  test('has no managed policies, and no other of its own', () => {
    expect(Properties).not.toHaveProperty('ManagedPolicyArns');
    expect(Properties).not.toHaveProperty('Policies');
    template.resourceCountIs('AWS::IAM::Policy', 1);
    template.resourceCountIs('AWS::IAM::ManagedPolicy', 0);
  });

  test('is there, with its policy, before the function', () => {
    expect(resource(template, 'AWS::Lambda::Function')).toMatchObject({
      DependsOn: [resource(template, 'AWS::IAM::Policy').id, resource(template, 'AWS::IAM::Role').id],
    });
  });

  test('can only be assumed by Lambda', () => {
    expect(Properties.AssumeRolePolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
    });
  });

  function statementsWithoutKey(template: Template) {
    return [
      { Sid: 'PutUsers', Effect: 'Allow', Action: 'personalize:PutUsers', Resource: DATASET_ARN },
      {
        Sid: 'ConsumeUsers',
        Effect: 'Allow',
        Action: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage'],
        Resource: queueArn(template),
      },
      {
        Sid: 'SendDeadLetters',
        Effect: 'Allow',
        Action: 'sqs:SendMessage',
        Resource: queueArn(template, 'DeadLetterQueue'),
      },
      {
        Sid: 'WriteLogs',
        Effect: 'Allow',
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Resource: arnOf(template, 'AWS::Logs::LogGroup'),
      },
    ];
  }
});

describe("the alarm topic's policy", () => {
  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['by default', {}],
    ['with a key', { encryption: 'customer-managed' }],
    ['with an address', { alarmEmail: 'on-call@example.com' }],
    ['with producers', { producerPrincipalArns: [OWN_ROLE, OTHER_ACCOUNT], producerOrganizationId: ORGANIZATION }],
  ])("lets the stack's alarms publish, by TLS, and nobody else in, %s", (_, props) => {
    const template = stackTemplate(props);
    const topic = { Ref: resource(template, 'AWS::SNS::Topic').id };
    const policy = resource(template, 'AWS::SNS::TopicPolicy');
    expect(policy.Properties.Topics).toEqual([topic]);
    expect(statementsOf(policy, 'PolicyDocument')).toEqual([
      {
        Sid: 'AllowPublishThroughSSLOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sns:Publish',
        Resource: topic,
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
      {
        Sid: 'AlarmsPublish',
        Effect: 'Allow',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Action: 'sns:Publish',
        Resource: topic,
        Condition: OF_THE_ALARMS,
      },
    ]);
  });

  test('names every alarm that there is', () => {
    const alarms = Object.values(stackTemplate().findResources('AWS::CloudWatch::Alarm'));
    const names = ALARMS.map((name) => `PersonalizeUsers-${name}`);
    expect(alarms.map(({ Properties }) => Properties.AlarmName)).toEqual(names);
  });
});

describe("the key's policy", () => {
  const account = { AWS: 'arn:aws:iam::123456789012:root' };
  const ENCRYPT_ALARMS = {
    Sid: expect.stringMatching(/^EncryptAlarms[\da-f]{8}$/),
    Effect: 'Allow',
    Principal: { Service: 'cloudwatch.amazonaws.com' },
    Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    Resource: '*',
    Condition: OF_THE_ALARMS,
  };

  test('lets the account administer it, and lets it be used through SQS and CloudWatch Logs, and by the alarms only', () => {
    expect(keyPolicy(stackTemplate({ encryption: 'customer-managed' }))).toEqual([
      ...statementsWithoutAlarms(),
      ENCRYPT_ALARMS,
    ]);
  });

  test('knows no alarms without monitoring', () => {
    const template = stackTemplate({ encryption: 'customer-managed', monitoring: false });
    expect(keyPolicy(template)).toEqual(statementsWithoutAlarms());
  });

  test('lets producers use it through SQS, and no more', () => {
    const producerPrincipalArns = [OWN_ROLE, OTHER_ACCOUNT];
    expect(keyPolicy(stackTemplate({ encryption: 'customer-managed', producerPrincipalArns }))).toEqual([
      ...statementsWithoutAlarms(),
      {
        Effect: 'Allow',
        Principal: { AWS: [OTHER_ACCOUNT, OWN_ROLE] },
        Action: USE,
        Resource: '*',
        Condition: THROUGH_SQS,
      },
      ENCRYPT_ALARMS,
    ]);
  });

  test('lets the organization use it through SQS, and no more', () => {
    const template = stackTemplate({ encryption: 'customer-managed', producerOrganizationId: ORGANIZATION });
    expect(keyPolicy(template)).toEqual([
      ...statementsWithoutAlarms(),
      {
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: USE,
        Resource: '*',
        Condition: { StringEquals: { ...THROUGH_SQS.StringEquals, 'aws:PrincipalOrgID': ORGANIZATION } },
      },
      ENCRYPT_ALARMS,
    ]);
  });

  function statementsWithoutAlarms() {
    const logGroup = resource(stackTemplate(), 'AWS::Logs::LogGroup').id;
    return [
      {
        Sid: 'AdministerKey',
        Effect: 'Allow',
        Principal: account,
        Action: [
          'kms:CancelKeyDeletion',
          'kms:Describe*',
          'kms:Disable*',
          'kms:Enable*',
          'kms:Get*',
          'kms:List*',
          'kms:Put*',
          'kms:RotateKeyOnDemand',
          'kms:ScheduleKeyDeletion',
          'kms:TagResource',
          'kms:UntagResource',
          'kms:Update*',
        ],
        Resource: '*',
      },
      {
        Sid: 'UseThroughServices',
        Effect: 'Allow',
        Principal: account,
        Action: USE,
        Resource: '*',
        Condition: {
          StringEquals: { 'kms:ViaService': ['sqs.eu-west-1.amazonaws.com', 'logs.eu-west-1.amazonaws.com'] },
        },
      },
      {
        Sid: expect.stringMatching(/^EncryptLogs[\da-f]{8}$/),
        Effect: 'Allow',
        Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
        Action: ['kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
        Resource: '*',
        Condition: {
          ArnLike: {
            'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:eu-west-1:123456789012:log-group:PersonalizeUsers-${logGroup}-*`,
          },
        },
      },
    ];
  }
});

function statementsOf({ Properties }: { Properties: Readonly<Record<string, unknown>> }, member: string): unknown {
  const { Version, Statement } = Properties[member] as { Version: string; Statement: unknown };
  expect(Version).toBe('2012-10-17');
  return Statement;
}

function queuePolicy(template: Template, queueId: string): unknown {
  const policy = resource(template, 'AWS::SQS::QueuePolicy', `${queueId}Policy`);
  expect(policy.Properties.Queues).toEqual([{ Ref: resource(template, 'AWS::SQS::Queue', queueId).id }]);
  return statementsOf(policy, 'PolicyDocument');
}

function rolePolicy(template: Template): unknown {
  const policy = resource(template, 'AWS::IAM::Policy');
  expect(policy.Properties.Roles).toEqual([{ Ref: resource(template, 'AWS::IAM::Role').id }]);
  return statementsOf(policy, 'PolicyDocument');
}

function keyPolicy(template: Template): unknown {
  return statementsOf(resource(template, 'AWS::KMS::Key'), 'KeyPolicy');
}

function queueArn(template: Template, idPart = 'UsersQueue') {
  return arnOf(template, 'AWS::SQS::Queue', idPart);
}

function refusalOfPlainHttp(template: Template, queueId: string) {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Action: 'sqs:*',
    Resource: queueArn(template, queueId),
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function refusalOfOutsiders(template: Template, queueId: string) {
  return {
    Effect: 'Deny',
    Principal: { AWS: '*' },
    Resource: queueArn(template, queueId),
    Condition: {
      StringNotEquals: { 'aws:PrincipalAccount': '123456789012' },
      BoolIfExists: { 'aws:PrincipalIsAWSService': 'false' },
    },
  };
}
