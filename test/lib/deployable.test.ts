/** What could be synthesized and not deployed, or deployed and not work, is refused with a sentence. */
import { describe, expect, test } from '@jest/globals';
import { Stack, type StackProps, Token } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { ArnPrincipal, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Alias, Key, KeySpec, KeyUsage } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { UserIngestionMonitoring } from '../../lib/monitoring/user-ingestion-monitoring.ts';
import { UserIngestion, type UserIngestionProps } from '../../lib/user-ingestion.ts';
import { createStack, createTestApp, DATASET_ARN, KEY_ARN, resource, stackTemplate } from './support.ts';

const HOME = { account: '123456789012', region: 'eu-west-1' };
const CHINA = 'arn:aws-cn:personalize:cn-north-1:123456789012:dataset/my-group/USERS';

const roles = (count: number, name = 'producer') =>
  Array.from({ length: count }, (_, index) => `arn:aws:iam::111122223333:role/${name}-${index}`);

/** The construct in a stack of somebody else's. */
function ingestionIn(stack: Stack, props: Partial<UserIngestionProps> = {}): UserIngestion {
  return new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN, ...props });
}

const theirs = (env?: StackProps['env'], app = createTestApp(), id = 'Theirs') =>
  new Stack(app, id, env === undefined ? {} : { env });

describe('the policy of the users queue', () => {
  test('has room for 50 principals', () => {
    const template = stackTemplate({ producerPrincipalArns: roles(50), producerOrganizationId: 'o-a1b2c3d4e5' });
    const { PolicyDocument } = resource(template, 'AWS::SQS::QueuePolicy', 'UsersQueue').Properties;
    expect(JSON.stringify(PolicyDocument)).toContain('producer-49');
  });

  test.each([
    ['51', roles(51)],
    ['60, some of them twice', [...roles(60), ...roles(10)]],
  ])('and not for %s, given to the stack', (_, producerPrincipalArns) => {
    expect(() => createStack({ producerPrincipalArns })).toThrow(
      `producerPrincipalArns: the policy of the users queue would name ${new Set(producerPrincipalArns).size} principals, and SQS takes 50`,
    );
  });

  test('counts a principal that is given twice once', () => {
    expect(() => createStack({ producerPrincipalArns: [...roles(50), ...roles(50)] })).not.toThrow();
  });

  test('has room for 8,192 bytes', () => {
    const path = 'p'.repeat(400);
    expect(() => createStack({ producerPrincipalArns: roles(15, path) })).not.toThrow();
    expect(() => createStack({ producerPrincipalArns: roles(18, path) })).toThrow(
      /^producerPrincipalArns: the policy of the users queue would have \d{4} bytes, and SQS takes 8192: .*\.$/,
    );
  });

  test('is held to that when producers are let in one by one, too', () => {
    const stack = theirs(HOME);
    const ingestion = ingestionIn(stack);
    for (const arn of roles(51)) ingestion.grantSend(new ArnPrincipal(arn));
    expect(() => Template.fromStack(stack)).toThrow('would name 51 principals, and SQS takes 50');
  });

  test('can grow after the stack is made, up to the limit', () => {
    const synthesize = (...late: string[]) => {
      const stack = createStack({ producerPrincipalArns: roles(49) });
      for (const arn of late) stack.ingestion.grantSend(new ArnPrincipal(arn));
      return Template.fromStack(stack);
    };
    const [late = '', tooLate = ''] = roles(2, 'late');
    expect(() => synthesize(late)).not.toThrow();
    expect(() => synthesize(late, tooLate)).toThrow('would name 51 principals, and SQS takes 50');
  });

  test.each([
    ['users', 'queue'],
    ['dead-letter', 'deadLetterQueue'],
  ] as const)('takes 20 statements, and so does that of the %s queue', (name, part) => {
    // Two are there already: of plain HTTP, and of other accounts.
    const synthesize = (statements: number) => {
      const stack = theirs(HOME);
      const queue = ingestionIn(stack)[part];
      for (let index = 0; index < statements; index++) {
        queue.addToResourcePolicy(
          new PolicyStatement({
            sid: `Of${index}`,
            principals: [new ArnPrincipal('arn:aws:iam::111122223333:root')],
            actions: ['sqs:SendMessage'],
            resources: [queue.queueArn],
          }),
        );
      }
      return Template.fromStack(stack);
    };
    expect(() => synthesize(18)).not.toThrow();
    expect(() => synthesize(19)).toThrow(`the policy of the ${name} queue would have 21 statements, and SQS takes 20`);
  });

  test('names principals of its own partition', () => {
    const producerPrincipalArns = ['arn:aws-us-gov:iam::111122223333:root'];
    const sentence =
      'the policy of the users queue would name "arn:aws-us-gov:iam::111122223333:root", which is not in the partition aws';
    expect(() => createStack({ producerPrincipalArns })).toThrow(`producerPrincipalArns: ${sentence}`);
    const stack = theirs();
    ingestionIn(stack).grantSend(new ArnPrincipal(producerPrincipalArns[0]!));
    expect(() => Template.fromStack(stack)).toThrow(sentence);
    expect(() =>
      createStack({ datasetArn: CHINA, producerPrincipalArns: ['arn:aws-cn:iam::111122223333:root'] }),
    ).not.toThrow();
  });
});

describe('a key', () => {
  const elsewhere = KEY_ARN.replace('eu-west-1', 'us-east-1');
  const otherPartition = KEY_ARN.replace('arn:aws:', 'arn:aws-cn:');

  test.each([elsewhere, otherPartition])('%s is refused, by its ARN', (encryptionKeyArn) => {
    expect(() => createStack({ encryptionKeyArn })).toThrow(
      /^encryptionKeyArn takes a key in the dataset's (region|partition), which is (eu-west-1|aws), but got "arn:/,
    );
  });

  test.each([
    [elsewhere, "encryptionKey takes a key in the queues' region, which is eu-west-1, but got one in us-east-1."],
    [otherPartition, "encryptionKey takes a key in the queues' partition, which is aws, but got one in aws-cn."],
  ])('%s is refused, imported', (arn, sentence) => {
    for (const env of [HOME, undefined]) {
      const stack = theirs(env);
      const encryptionKey = Key.fromKeyArn(stack, 'Key', arn);
      expect(() => ingestionIn(stack, { encryptionKey })).toThrow(sentence);
    }
    const app = createTestApp();
    const encryptionKey = Key.fromKeyArn(theirs(HOME, app), 'Key', arn);
    expect(() => createStack({ encryptionKey }, app)).toThrow(sentence);
  });

  test('of a stack in another region is refused', () => {
    const app = createTestApp();
    const encryptionKey = new Key(theirs({ ...HOME, region: 'us-east-1' }, app, 'Elsewhere'), 'Key');
    expect(() => ingestionIn(theirs(HOME, app), { encryptionKey })).toThrow(
      "encryptionKey takes a key in the queues' region, which is eu-west-1, but got one in us-east-1.",
    );
  });

  test.each([
    ['imported', (stack: Stack) => Alias.fromAliasName(stack, 'Key', 'alias/users')],
    ['made', (stack: Stack) => new Alias(stack, 'Key', { aliasName: 'users', targetKey: new Key(stack, 'Target') })],
  ])('is no alias, %s', (_, keyOf) => {
    const stack = theirs(HOME);
    expect(() => ingestionIn(stack, { encryptionKey: keyOf(stack) })).toThrow(
      'encryptionKey takes a key, and not an alias of one, since log groups and IAM policies take none: give the key itself.',
    );
  });

  test('is symmetric', () => {
    const stack = theirs(HOME);
    const encryptionKey = new Key(stack, 'Key', { keySpec: KeySpec.RSA_2048, keyUsage: KeyUsage.ENCRYPT_DECRYPT });
    expect(() => ingestionIn(stack, { encryptionKey })).toThrow(
      'encryptionKey takes a symmetric key, but got one of the spec RSA_2048.',
    );
  });

  test.each([
    ['of the same app', (stack: Stack) => new Key(stack, 'Key')],
    ['imported', (stack: Stack) => Key.fromKeyArn(stack, 'Key', KEY_ARN)],
    [
      'of another account',
      (stack: Stack) => Key.fromKeyArn(stack, 'Key', KEY_ARN.replace('123456789012', '111122223333')),
    ],
    ['imported by a token', (stack: Stack) => Key.fromKeyArn(stack, 'Key', Token.asString({ Ref: 'KeyArn' }))],
  ])('is taken %s, and where nobody knows where the stack goes', (_, keyOf) => {
    for (const env of [HOME, undefined]) {
      const stack = theirs(env);
      expect(() => ingestionIn(stack, { encryptionKey: keyOf(stack) })).not.toThrow();
    }
  });
});

describe('a dataset', () => {
  test.each([
    ['account', { ...HOME, account: '111122223333' }, '123456789012', '111122223333'],
    ['region', { ...HOME, region: 'us-east-1' }, 'eu-west-1', 'us-east-1'],
  ])("of another %s than the stack's is refused", (part, env, ofDataset, ofStack) => {
    expect(() => ingestionIn(theirs(env))).toThrow(
      `datasetArn takes a dataset in the stack's ${part}, which is ${ofStack}, but got one in ${ofDataset}.`,
    );
    expect(() => createStack({ env } as object)).toThrow(
      `env is the dataset's, whose ${part} is ${ofDataset}, but got ${ofStack}: leave it out.`,
    );
  });

  test.each([
    ['where it is', HOME],
    ['where nobody knows', undefined],
  ])('is taken in a stack %s', (_, env) => {
    expect(() => ingestionIn(theirs(env))).not.toThrow();
    expect(() => createStack({ env } as object)).not.toThrow();
  });

  test('is in the partition of its region, as far as the CDK knows the region', () => {
    const datasetArn = DATASET_ARN.replace('arn:aws:', 'arn:aws-cn:');
    const sentence = 'datasetArn takes a dataset in the partition of its region, which is aws, but got one in aws-cn.';
    expect(() => createStack({ datasetArn })).toThrow(sentence);
    expect(() => ingestionIn(theirs(), { datasetArn })).toThrow(sentence);
    expect(() => createStack({ datasetArn: CHINA })).not.toThrow();
    expect(() => createStack({ datasetArn: CHINA.replace('cn-north-1', 'cn-south-9') })).not.toThrow();
  });
});

test('a topic of another region, which alarms cannot reach, is refused', () => {
  const stack = theirs(HOME);
  const ingestion = ingestionIn(stack);
  const topicIn = (region: string) => Topic.fromTopicArn(stack, region, `arn:aws:sns:${region}:123456789012:on-call`);
  const monitor = (region: string) =>
    new UserIngestionMonitoring(stack, `Monitoring-${region}`, { ingestion, alarmTopic: topicIn(region) });
  expect(() => monitor('us-east-1')).toThrow(
    "alarmTopic takes a topic in the alarms' region, which is eu-west-1, but got one in us-east-1.",
  );
  expect(() => monitor('eu-west-1')).not.toThrow();
  Annotations.fromStack(stack).hasNoError('*', Match.anyValue());
});
