/** The queues and the log group under a key of the customer's. Who may use the key is in permissions.test.ts. */
import { describe, expect, test } from '@jest/globals';
import { type App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { isKeyArn } from '../../lib/encryption-key-arn.ts';
import type { PersonalizeUsersStackProps } from '../../lib/personalize-users-stack.ts';
import { UserIngestion } from '../../lib/user-ingestion.ts';
import { arnOf, createStack, createTestApp, DATASET_ARN, KEY_ARN, resource, stackTemplate } from './support.ts';

const MADE: Partial<PersonalizeUsersStackProps> = { encryption: 'customer-managed' };

/** What the topic of the alarms is encrypted with. */
function keyOfTopic(template: Template): unknown {
  return resource(template, 'AWS::SNS::Topic').Properties.KmsMasterKeyId;
}

/** What the queues and the log group are encrypted with. */
function keysInUse(template: Template): unknown[] {
  return [
    resource(template, 'AWS::SQS::Queue', 'UsersQueue').Properties.KmsMasterKeyId,
    resource(template, 'AWS::SQS::Queue', 'DeadLetterQueue').Properties.KmsMasterKeyId,
    resource(template, 'AWS::Logs::LogGroup').Properties.KmsKeyId,
  ];
}

describe('without a key', () => {
  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['by default', {}],
    ['as told', { encryption: 'service-managed' }],
  ])('SQS and CloudWatch Logs encrypt with their own, %s', (_, props) => {
    const template = stackTemplate(props);
    expect(keysInUse(template)).toEqual([undefined, undefined, undefined]);
    expect(keyOfTopic(template)).toBeUndefined();
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(template.findOutputs('*')).not.toHaveProperty('EncryptionKeyArn');
  });
});

describe('a key that the stack makes', () => {
  const template = stackTemplate(MADE);
  const key = arnOf(template, 'AWS::KMS::Key');

  test('encrypts both queues, the log group and the topic of the alarms', () => {
    expect(keysInUse(template)).toEqual([key, key, key]);
    expect(keyOfTopic(template)).toEqual(key);
    for (const { Properties } of Object.values(template.findResources('AWS::SQS::Queue'))) {
      expect(Properties).not.toHaveProperty('SqsManagedSseEnabled');
    }
  });

  test('rotates', () => {
    expect(resource(template, 'AWS::KMS::Key').Properties.EnableKeyRotation).toBe(true);
  });

  test('stays for as long as what it encrypts', () => {
    expect(resource(template, 'AWS::KMS::Key')).toMatchObject({
      DeletionPolicy: 'RetainExceptOnCreate',
      UpdateReplacePolicy: 'Retain',
    });
    const going = stackTemplate({ ...MADE, removalPolicy: RemovalPolicy.DESTROY });
    expect(resource(going, 'AWS::KMS::Key')).toMatchObject({ DeletionPolicy: 'Delete' });
  });

  test('is told of, for producers in other accounts', () => {
    expect(template.findOutputs('EncryptionKeyArn')).toMatchObject({ EncryptionKeyArn: { Value: key } });
  });

  test('does nothing to order', () => {
    const fifo = stackTemplate({ ...MADE, fifo: true });
    fifo.allResourcesProperties('AWS::SQS::Queue', { FifoQueue: true, KmsMasterKeyId: arnOf(fifo, 'AWS::KMS::Key') });
  });
});

describe('a key that the stack is given', () => {
  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['by its ARN', { encryptionKeyArn: KEY_ARN }],
    ['by its ARN, and told to use it', { encryptionKeyArn: KEY_ARN, encryption: 'customer-managed' }],
  ])('%s encrypts both queues, the log group and the topic, and no other is made', (_, props) => {
    const template = stackTemplate(props);
    expect(keysInUse(template)).toEqual([KEY_ARN, KEY_ARN, KEY_ARN]);
    expect(keyOfTopic(template)).toBe(KEY_ARN);
    template.resourceCountIs('AWS::KMS::Key', 0);
    expect(template.findOutputs('EncryptionKeyArn')).toMatchObject({ EncryptionKeyArn: { Value: KEY_ARN } });
  });

  test('has to be where the dataset is', () => {
    const encryptionKeyArn = KEY_ARN.replace('eu-west-1', 'us-east-1');
    expect(() => createStack({ encryptionKeyArn })).toThrow(
      `encryptionKeyArn takes a key in the dataset's region, which is eu-west-1, but got "${encryptionKeyArn}".`,
    );
  });

  test('is not for SQS and CloudWatch Logs to replace', () => {
    expect(() => createStack({ encryption: 'service-managed', encryptionKeyArn: KEY_ARN })).toThrow(
      'encryption is service-managed, which takes no key: leave it out, or leave out the key.',
    );
  });

  test('is the only one', () => {
    const app = createTestApp();
    const encryptionKey = new Key(new Stack(app, 'Theirs'), 'Key');
    expect(() => createStack({ encryptionKey, encryptionKeyArn: KEY_ARN }, app)).toThrow(
      'encryptionKeyArn and encryptionKey are both given: leave out one of them.',
    );
  });
});

describe('a UserIngestion with a key of the same app', () => {
  const stack = new Stack(createTestApp(), 'Theirs', { env: { account: '123456789012', region: 'eu-west-1' } });
  const encryptionKey = new Key(stack, 'Key');
  const ingestion = new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN, encryptionKey });
  ingestion.grantSend(new Role(stack, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
  ingestion.grantSend(new ArnPrincipal('arn:aws:iam::111122223333:root'));
  const template = Template.fromStack(stack);
  const key = arnOf(template, 'AWS::KMS::Key');
  const use = {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    Condition: { StringEquals: { 'kms:ViaService': 'sqs.eu-west-1.amazonaws.com' } },
  };

  test('is encrypted with it', () => {
    expect(ingestion.encryptionKey).toBe(encryptionKey);
    expect(keysInUse(template)).toEqual([key, key, key]);
  });

  test('lets a producer of the account send and encrypt, by its own policy', () => {
    expect(resource(template, 'AWS::IAM::Policy', 'Producer').Properties.PolicyDocument).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: arnOf(template, 'AWS::SQS::Queue', 'UsersQueue') },
        { ...use, Resource: key },
      ],
    });
  });

  test("lets a producer of another account encrypt, and CloudWatch Logs the one log group, by the key's policy", () => {
    const { Statement } = resource(template, 'AWS::KMS::Key').Properties.KeyPolicy as { Statement: unknown[] };
    expect(Statement.slice(1)).toEqual([
      expect.objectContaining({
        Sid: expect.stringMatching(/^EncryptLogs/),
        Principal: { Service: 'logs.eu-west-1.amazonaws.com' },
      }),
      { ...use, Principal: { AWS: 'arn:aws:iam::111122223333:root' }, Resource: '*' },
    ]);
  });
});

describe('what is no key for the queues is refused, however it is said', () => {
  const aliasArn = 'arn:aws:kms:eu-west-1:123456789012:alias/users';
  const elsewhere = { env: { account: '123456789012', region: 'us-east-1' } };
  const noAlias = 'encryptionKey takes a key, and not an alias of one';
  const ofRegion = "encryptionKey takes a key in the queues' region, which is eu-west-1, but got one in us-east-1.";
  const noKey = 'encryptionKey takes a key with an ARN like';

  test.each<[string, (stack: Stack) => IKey, string]>([
    [
      'an alias',
      (stack) => new Alias(stack, 'A', { aliasName: 'alias/users', targetKey: new Key(stack, 'K') }),
      noAlias,
    ],
    ['an alias of the name', (stack) => Alias.fromAliasName(stack, 'A', 'alias/users'), noAlias],
    [
      'an alias of its attributes',
      (stack) =>
        Alias.fromAliasAttributes(stack, 'A', { aliasName: 'alias/users', aliasTargetKey: new Key(stack, 'K') }),
      noAlias,
    ],
    ['the ARN of an alias', (stack) => Key.fromKeyArn(stack, 'K', aliasArn), noAlias],
    [
      'the ARN of an alias where a part is filled in later',
      (stack) =>
        Key.fromKeyArn(stack, 'K', stack.formatArn({ service: 'kms', resource: 'alias', resourceName: 'users' })),
      noAlias,
    ],
    ['the ARN of any key', (stack) => Key.fromKeyArn(stack, 'K', KEY_ARN.replace(/[^/]+$/, '*')), noKey],
    ['an ARN that is cut off', (stack) => Key.fromKeyArn(stack, 'K', KEY_ARN.slice(0, -1)), noKey],
    [
      'the ARN of a key elsewhere',
      (stack) => Key.fromKeyArn(stack, 'K', KEY_ARN.replace('eu-west-1', 'us-east-1')),
      ofRegion,
    ],
    ['a key of a stack elsewhere', ({ node }) => new Key(new Stack(node.root as App, 'Far', elsewhere), 'K'), ofRegion],
    [
      'a key that a stack elsewhere looks up',
      ({ node }) => Key.fromLookup(new Stack(node.root as App, 'Far', elsewhere), 'K', { aliasName: 'alias/users' }),
      ofRegion,
    ],
  ])('%s', (_, keyOf, sentence) => {
    const stack = new Stack(createTestApp(), 'Theirs');
    const encryptionKey = keyOf(stack);
    expect(() => new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN, encryptionKey })).toThrow(sentence);
    expect(() => createStack({ encryptionKey })).toThrow(sentence);
  });

  test.each(['encryptionKeyArn'])('%s takes no alias, no other region and no ARN that is cut off', (setting) => {
    for (const arn of [aliasArn, KEY_ARN.replace('eu-west-1', 'us-east-1'), KEY_ARN.slice(0, -1)]) {
      expect(() => createStack({ [setting]: arn })).toThrow(`${setting} takes`);
    }
  });

  test('a key that is looked up is taken', () => {
    const env = { account: '123456789012', region: 'eu-west-1' };
    const stack = new Stack(createTestApp(), 'Theirs', { env });
    const encryptionKey = Key.fromLookup(stack, 'K', { aliasName: 'alias/users' });
    expect(() => new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN, encryptionKey })).not.toThrow();
  });
});

describe('the ARN of a KMS key', () => {
  test.each([KEY_ARN, 'arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab'])(
    '%s is one',
    (arn) => {
      expect(isKeyArn(arn)).toBe(true);
    },
  );

  test.each([
    ['an alias', 'arn:aws:kms:eu-west-1:123456789012:alias/users'],
    ['an id', '1234abcd-12ab-34cd-56ef-1234567890ab'],
    ['any key', 'arn:aws:kms:eu-west-1:123456789012:key/*'],
    ['no account', KEY_ARN.replace('123456789012', '')],
    ['more after it', `${KEY_ARN}\n`],
    ['nothing', ''],
  ])('%s is none', (_, arn) => {
    expect(isKeyArn(arn)).toBe(false);
  });
});
