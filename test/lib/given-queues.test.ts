/** Queues of others: which are refused, what follows from one that is taken, and what is said of one that cannot be looked at. */
import { describe, expect, test } from '@jest/globals';
import { Duration, Fn, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ArnPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Alias, Key } from 'aws-cdk-lib/aws-kms';
import { Queue, QueueEncryption, type QueueProps, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { UserIngestionMonitoring } from '../../lib/monitoring/user-ingestion-monitoring.ts';
import { SettingError } from '../../lib/setting.ts';
import { UserIngestion, type UserIngestionProps } from '../../lib/user-ingestion.ts';
import { createTestApp, DATASET_ARN, resource } from './support.ts';

const ARN = 'arn:aws:sqs:eu-west-1:123456789012:users';
/** What does not depend on the defaults. */
const SIZES = { batchSize: 100, timeoutInSeconds: 16 };
const FIFO = { fifo: true };
const FITS: QueueProps = { visibilityTimeout: Duration.seconds(200), retentionPeriod: Duration.days(14) };

function theirs(): Stack {
  return new Stack(createTestApp(), 'Theirs', { env: { account: '123456789012', region: 'eu-west-1' } });
}

/** A queue that fits, but for what is said. */
function queueIn(stack: Stack, props: QueueProps = {}, deadLetterProps: QueueProps = {}): Queue {
  const queue = new Queue(stack, 'TheirLetters', { retentionPeriod: Duration.days(14), ...deadLetterProps });
  return new Queue(stack, 'Theirs', { ...FITS, deadLetterQueue: { queue, maxReceiveCount: 5 }, ...props });
}

function ingest(stack: Stack, props: Partial<UserIngestionProps>): UserIngestion {
  return new UserIngestion(stack, 'Users', { datasetArn: DATASET_ARN, ...props });
}

function warnings(stack: Stack): string[] {
  const all = stack.node.findAll().flatMap(({ node }) => node.metadata);
  return all.filter(({ type }) => type === 'aws:cdk:warning').map(({ data }) => String(data));
}

describe('a queue of the same app', () => {
  const stack = theirs();
  const queue = queueIn(stack);
  const ingestion = ingest(stack, { queue });
  const template = Template.fromStack(stack);
  const id = stack.resolve(queue.queueArn);

  test('is used with its own dead-letter queue, and no other is made', () => {
    template.resourceCountIs('AWS::SQS::Queue', 2);
    expect(ingestion.queue).toBe(queue);
    expect(ingestion.deadLetterQueue).toBe(queue.deadLetterQueue!.queue);
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', { EventSourceArn: id });
  });

  test('decides the sizes that are its own', () => {
    expect(ingestion.sizing).toMatchObject({ visibilityTimeoutInSeconds: 200, maxReceiveCount: 5, fifo: false });
    const { Environment } = resource(template, 'AWS::Lambda::Function').Properties as {
      Environment: { Variables: Record<string, unknown> };
    };
    expect(Environment.Variables).toMatchObject({
      MAX_RECEIVE_COUNT: '5',
      QUEUE_URL: stack.resolve(queue.queueUrl),
      DEAD_LETTER_QUEUE_URL: stack.resolve(queue.deadLetterQueue!.queue.queueUrl),
    });
  });

  test('keeps its policy', () => {
    template.resourceCountIs('AWS::SQS::QueuePolicy', 0);
  });

  test('needs no warning', () => {
    expect(warnings(stack)).toEqual([]);
  });
});

test('a FIFO queue needs no word about it', () => {
  const stack = theirs();
  const { sizing } = ingest(stack, { queue: queueIn(stack, FIFO, FIFO) });
  expect(sizing).toMatchObject({ fifo: true, batchSize: 10, batchingWindowInSeconds: 0 });
});

test('a dead-letter queue alone is that of the queue that is made', () => {
  const stack = theirs();
  const deadLetterQueue = new Queue(stack, 'Letters', { ...FIFO, retentionPeriod: Duration.days(14) });
  const { queue, sizing } = ingest(stack, { deadLetterQueue });
  expect(sizing.fifo).toBe(true);
  expect(resource(Template.fromStack(stack), 'AWS::SQS::Queue', 'UsersQueue').Properties).toMatchObject({
    FifoQueue: true,
    RedrivePolicy: { deadLetterTargetArn: stack.resolve(deadLetterQueue.queueArn), maxReceiveCount: 10 },
  });
  expect(queue).not.toBe(deadLetterQueue);
  expect(warnings(stack)).toEqual([]);
});

describe('is refused:', () => {
  const standard = (stack: Stack) => queueIn(stack);
  const imported = (stack: Stack, region = 'eu-west-1', suffix = '') =>
    Queue.fromQueueArn(stack, `Imported${suffix}`, ARN.replace('eu-west-1', region) + suffix);

  test.each<[string, (stack: Stack) => Partial<UserIngestionProps>, string]>([
    [
      'a standard queue for a FIFO one',
      (stack) => ({ queue: standard(stack), fifo: true }),
      'fifo is true and queue is a standard queue: leave out fifo.',
    ],
    [
      'an imported FIFO queue for a standard one',
      (stack) => ({ queue: imported(stack, undefined, '.fifo'), fifo: false }),
      'fifo is false and queue is a FIFO queue: leave out fifo.',
    ],
    [
      'a dead-letter queue of the other kind',
      (stack) => ({ fifo: true, deadLetterQueue: new Queue(stack, 'Letters') }),
      'deadLetterQueue takes a FIFO queue here, as the users queue is, but got a standard queue.',
    ],
    [
      'an imported dead-letter queue of the other kind',
      (stack) => ({ queue: imported(stack), deadLetterQueue: imported(stack, undefined, '.fifo') }),
      'deadLetterQueue takes a standard queue here, as the users queue is, but got a FIFO queue.',
    ],
    [
      'a visibility timeout that is too short',
      (stack) => ({ ...SIZES, queue: queueIn(stack, { visibilityTimeout: Duration.seconds(96) }) }),
      'queue takes one with a visibility timeout of at least 97 s here (6 times timeoutInSeconds, which is 16, and the batching window), but got one with 96 s.',
    ],
    [
      'the visibility timeout that queues have if nobody says otherwise',
      (stack) => ({
        queue: new Queue(stack, 'Q', { deadLetterQueue: { queue: new Queue(stack, 'L'), maxReceiveCount: 3 } }),
      }),
      'but got one with 30 s.',
    ],
    [
      'a visibility timeout other than the setting',
      (stack) => ({ queue: standard(stack), visibilityTimeoutInSeconds: 300 }),
      'visibilityTimeoutInSeconds is 300 and queue has 200: leave it out.',
    ],
    [
      'receives other than the setting',
      (stack) => ({ queue: standard(stack), maxReceiveCount: 10 }),
      'maxReceiveCount is 10 and queue has 5: leave it out.',
    ],
    [
      'no redrive policy',
      (stack) => ({ queue: new Queue(stack, 'Q', FITS) }),
      'queue takes one with a dead-letter queue',
    ],
    [
      'another dead-letter queue than that of the redrive policy',
      (stack) => ({ queue: standard(stack), deadLetterQueue: new Queue(stack, 'Others') }),
      'deadLetterQueue takes the one in the redrive policy of queue, but got another: leave it out.',
    ],
    [
      'a retention in which retries do not end',
      (stack) => ({ ...SIZES, queue: queueIn(stack, { retentionPeriod: Duration.hours(1) }) }),
      'queue takes one that keeps messages for at least 4580 s, which is what 5 receives can take, but got one that keeps them for 3600 s.',
    ],
    [
      'a dead-letter queue that lets nobody have it',
      (stack) => ({
        deadLetterQueue: new Queue(stack, 'L', {
          redriveAllowPolicy: { redrivePermission: RedrivePermission.DENY_ALL },
        }),
      }),
      'deadLetterQueue takes one that lets the users queue have it',
    ],
    [
      'a dead-letter queue that is for another queue',
      (stack) => ({
        deadLetterQueue: new Queue(stack, 'L', { redriveAllowPolicy: { sourceQueues: [imported(stack)] } }),
      }),
      'deadLetterQueue takes one that lets the users queue have it',
    ],
    [
      'a queue elsewhere',
      (stack) => ({ queue: imported(stack, 'us-east-1') }),
      "queue takes a queue in the function's region, which is eu-west-1, but got one in us-east-1.",
    ],
    [
      'a dead-letter queue elsewhere',
      (stack) => ({ deadLetterQueue: imported(stack, 'us-east-1') }),
      "deadLetterQueue takes a queue in the function's region, which is eu-west-1, but got one in us-east-1.",
    ],
    [
      'an imported queue that is its own dead-letter queue',
      (stack) => ({ queue: imported(stack), deadLetterQueue: Queue.fromQueueArn(stack, 'Same', ARN) }),
      'deadLetterQueue takes another queue than queue, but got the same.',
    ],
    [
      'a dead-letter queue in another account than the queue',
      (stack) => ({
        queue: imported(stack),
        deadLetterQueue: Queue.fromQueueArn(stack, 'Theirs', `${ARN.replace('123456789012', '999999999999')}-letters`),
      }),
      "deadLetterQueue takes a queue in the users queue's account, which is 123456789012, but got one in 999999999999.",
    ],
    [
      'a queue in another account than the dead-letter queue that is made',
      (stack) => ({ queue: Queue.fromQueueArn(stack, 'Theirs', ARN.replace('123456789012', '999999999999')) }),
      'deadLetterQueue is missing: the users queue is in account 999999999999, and SQS takes a dead-letter queue of the same account only.',
    ],
  ])('%s', (_, propsIn, sentence) => {
    const stack = theirs();
    const props = propsIn(stack);
    expect(() => ingest(stack, props)).toThrow(SettingError);
    expect(() => new UserIngestion(stack, 'Again', { datasetArn: DATASET_ARN, ...props })).toThrow(sentence);
  });
});

describe('a queue that is imported', () => {
  test('is used, and a warning says what could not be checked', () => {
    const stack = theirs();
    const queue = Queue.fromQueueArn(stack, 'Theirs', ARN);
    const deadLetterQueue = Queue.fromQueueArn(stack, 'Letters', `${ARN}-letters`);
    ingest(stack, { ...SIZES, queue, deadLetterQueue });
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 0);
    const [ofQueue, ofLetters, ...others] = warnings(stack);
    expect(ofQueue).toContain('visibility timeout of at least 97 s');
    expect(ofQueue).toContain(`a redrive policy to ${ARN}-letters after 10 receives`);
    expect(ofLetters).toContain('deadLetterQueue is imported and cannot be checked. It has to be a standard queue');
    expect(others).toEqual([]);
  });

  test('from another account needs a policy that lets the function in, which a warning says', () => {
    const stack = theirs();
    const arn = ARN.replace('123456789012', '999999999999');
    const queue = Queue.fromQueueArn(stack, 'Theirs', arn);
    const deadLetterQueue = Queue.fromQueueArn(stack, 'Letters', `${arn}-letters`);
    ingest(stack, { queue, deadLetterQueue });
    const said = warnings(stack).join('\n');
    expect(said).toContain(
      "queue is in account 999999999999: its policy has to let the function's role receive, hide and delete its messages",
    );
    expect(said).toContain(
      "deadLetterQueue is in account 999999999999: its policy has to let the function's role send",
    );
  });

  test('has a dead-letter queue made if none is given, which the warning names', () => {
    const stack = theirs();
    ingest(stack, { queue: Queue.fromQueueArn(stack, 'Theirs', ARN) });
    Template.fromStack(stack).resourceCountIs('AWS::SQS::Queue', 1);
    expect(warnings(stack)[0]).toContain('a redrive policy to Theirs/Users/DeadLetterQueue after 10 receives');
  });

  test('is old after half of what queues keep messages for if nobody says otherwise', () => {
    const stack = theirs();
    const ingestion = ingest(stack, { queue: Queue.fromQueueArn(stack, 'Theirs', ARN) });
    new UserIngestionMonitoring(stack, 'Monitoring', { ingestion });
    expect(JSON.stringify(Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm'))).toContain('> 172800');
  });

  test('of which the kind is not known yet goes by the setting', () => {
    const stack = theirs();
    const queue = Queue.fromQueueArn(stack, 'Theirs', Fn.importValue('QueueArn'));
    const deadLetterQueue = Queue.fromQueueArn(stack, 'Letters', Fn.importValue('LettersArn'));
    expect(ingest(stack, { queue, deadLetterQueue, fifo: true }).sizing.fifo).toBe(true);
    expect(warnings(stack)[0]).toContain('It has to be a FIFO queue');
  });

  test('lets nobody in by itself, and says so', () => {
    const stack = theirs();
    const ingestion = ingest(stack, { queue: Queue.fromQueueArn(stack, 'Theirs', ARN) });
    ingestion.grantSend(new Role(stack, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
    expect(warnings(stack).filter((warning) => warning.includes('grantSend'))).toEqual([]);
    ingestion.grantSend(new ArnPrincipal('arn:aws:iam::111122223333:root'));
    expect(warnings(stack).filter((warning) => warning.includes('grantSend'))).toEqual([
      expect.stringContaining('arn:aws:iam::111122223333:root'),
    ]);
  });
});

test('a dead-letter queue that forgets sooner than the users queue is warned of', () => {
  const stack = theirs();
  ingest(stack, { queue: queueIn(stack, {}, { retentionPeriod: Duration.days(4) }) });
  // It came with the queue, so the queue's owner is told as well.
  expect(warnings(stack)).toEqual([expect.stringContaining('deadLetterQueue keeps messages for less long')]);
});

describe('the keys of given queues', () => {
  const useOf = (stack: Stack) =>
    (
      resource(Template.fromStack(stack), 'AWS::IAM::Policy', 'UsersRole').Properties.PolicyDocument as {
        Statement: { Sid?: string; Resource: unknown }[];
      }
    ).Statement.find(({ Sid }) => Sid === 'UseEncryptionKey')?.Resource;

  test('are what the role may use, each once', () => {
    const stack = theirs();
    const [one, other] = [new Key(stack, 'One'), new Key(stack, 'Other')];
    ingest(stack, { queue: queueIn(stack, { encryptionMasterKey: one }, { encryptionMasterKey: other }) });
    expect(useOf(stack)).toEqual([stack.resolve(one.keyArn), stack.resolve(other.keyArn)]);
  });

  test('are what producers may use', () => {
    const stack = theirs();
    const key = new Key(stack, 'One');
    const producer = new Role(stack, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    ingest(stack, { queue: queueIn(stack, { encryptionMasterKey: key }) }).grantSend(producer);
    expect(JSON.stringify(resource(Template.fromStack(stack), 'AWS::IAM::Policy', 'Producer'))).toContain(
      'kms:Decrypt',
    );
  });

  test("are, behind an alias, the alias's", () => {
    const stack = theirs();
    const key = new Key(stack, 'One');
    const encryptionMasterKey = new Alias(stack, 'Alias', { aliasName: 'alias/users', targetKey: key });
    ingest(stack, { queue: queueIn(stack, { encryptionMasterKey }) });
    expect(useOf(stack)).toEqual(stack.resolve(key.keyArn));
  });

  test("are none if the key is AWS's own for SQS", () => {
    const stack = theirs();
    ingest(stack, { queue: queueIn(stack, { encryption: QueueEncryption.KMS_MANAGED }) });
    expect(useOf(stack)).toBeUndefined();
    expect(warnings(stack)).toEqual([]);
  });

  test('are warned of if they are not known', () => {
    const stack = theirs();
    const encryptionMasterKey = Alias.fromAliasName(stack, 'Alias', 'alias/users');
    ingest(stack, { queue: queueIn(stack, { encryptionMasterKey }) });
    expect(useOf(stack)).toBeUndefined();
    expect(warnings(stack)).toEqual([expect.stringContaining('queue is encrypted by an alias')]);
  });
});
