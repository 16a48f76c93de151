/** docs/producers.md: every example that needs nothing but npm, from the very text of the page. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import recommendedFlags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import type { World } from '../../local/world.ts';
import { resource } from '../lib/support.ts';
import { type Assembly, receiveDeadLetters, send, synthesizeOnce, untilEmpty } from '../support/world.ts';
import { appModule, stackModule } from './example-app.ts';
import { exampleNamed, examplesIn } from './examples.ts';
import { type InputTransformer, transformInput } from './input-transformer.ts';
import { createReaderProject, environmentFor, mustSucceed } from './reader-project.ts';
import { watchSources } from './sources-of.ts';
import { USER_IDS } from './user-ids.ts';

jest.setTimeout(120_000);

const fromHere = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const PAGE = readFileSync(fromHere('../../docs/producers.md'), 'utf8');
const SCHEMA = fromHere('users-schema.avsc');
const EXAMPLES = examplesIn(PAGE);
const example = (name: string) => exampleNamed(EXAMPLES, name);
const json = (name: string) => JSON.parse(example(name));
const readMessage = createMessageReader({ maxPropertiesLength: 4096 });

/** What the examples call a load. */
const LOAD = 'backfill-2026-11-26';

/** What has a test here, or in test/producers/. */
const TESTED = [
  'body',
  'group-javascript',
  'group-python',
  'group-shell',
  'cli',
  'cli-batch',
  'cli-source',
  'cli-fifo',
  'typescript',
  'javascript',
  'python',
  'eventbridge',
  'event',
  'eventbridge-source',
  'sns',
  'sns-source',
  'dynamodb-function',
  'dynamodb-stack',
  'iam',
  'queue-policy',
  'key-policy',
];
const STACKS = ['eventbridge', 'eventbridge-source', 'sns', 'dynamodb-stack'];

const project = createReaderProject();
project.write('send-members.ts', example('typescript'));
project.write('send-users.js', example('javascript'));
project.write('member-changed.ts', example('dynamodb-function'));
for (const name of STACKS) project.write(`${name}.stack.ts`, stackModule(example(name)));
project.write('app.ts', appModule(STACKS));
const ASSEMBLY = join(project.directory, 'assembly');
beforeAll(async () => {
  const context = { ...recommendedFlags, 'aws:cdk:bundling-stacks': ['dynamodb-stack'] };
  const variables = { CDK_OUTDIR: ASSEMBLY, CDK_CONTEXT_JSON: JSON.stringify(context) };
  mustSucceed(await project.run(process.execPath, ['app.ts'], variables));
});
afterAll(() => project.remove());

test('no block of the page is without a test', () => {
  expect(EXAMPLES.map(({ name }) => name)).toEqual(TESTED);
  expect(PAGE.match(/^```/gm)).toHaveLength(EXAMPLES.length * 2);
});

test('the examples in TypeScript have no type errors', async () => {
  const { compilerOptions, ...others } = JSON.parse(readFileSync(fromHere('../../tsconfig.json'), 'utf8'));
  project.write('examples.json', JSON.stringify({ ...others, compilerOptions, include: ['*.ts'] }));
  const tsc = await project.run('node_modules/.bin/tsc', ['--project', 'examples.json']);
  expect(tsc).toEqual({ exitCode: 0, output: '' });
});

test('the group of a user is the same in JavaScript and a shell as in our own programs', async () => {
  project.write(
    'group.js',
    `${example('group-javascript')}\nfor (const id of JSON.parse(process.argv[2])) console.log(groupOf(id));`,
  );
  const expected = `${USER_IDS.map((userId) => groupOfUser({ userId })).join('\n')}\n`;
  expect(await project.run(process.execPath, ['group.js', JSON.stringify(USER_IDS)])).toEqual({
    exitCode: 0,
    output: expected,
  });
  const script = `${example('group-shell')}\nfor id in "$@"; do printf '%s\\n' "$(group_of "$id")"; done`;
  expect(await project.run('sh', ['-c', script, 'sh', ...USER_IDS])).toEqual({ exitCode: 0, output: expected });
});

describe('programs that send', () => {
  let assembly: Assembly;
  let world: World;
  beforeAll(async () => {
    assembly = await synthesizeOnce();
  });
  afterAll(() => assembly.remove());
  afterEach(() => world.stop());

  test('UserProducer, one and very many, which have a source', async () => {
    const sources = watchSources();
    world = await assembly.start({ schema: SCHEMA, ...sources });
    failEntries(world, 0.1);
    const { exitCode, output } = await runNode('send-members.ts');
    expect({ exitCode, output }).toEqual({ exitCode: 0, output: '200 sent, 0 refused\n' });
    await untilEmpty(world);
    expect(world.users.size).toBe(201);
    expect(world.users.get('user-0042')).toEqual({
      userId: 'user-0042',
      properties: { age: 31, membershipType: 'Premium', favouriteGenres: 'Crime|Drama' },
    });
    expect(world.state().deadLetters).toBe(0);
    expect(await sources.of(201)).toEqual({ none: 1, [LOAD]: 200 });
  });

  test('the SDK for JavaScript, which sends a load with its source, and again what failed of a batch', async () => {
    const sources = watchSources();
    world = await assembly.start({ schema: SCHEMA, ...sources });
    failEntries(world, 0.3);
    expect(await runNode('send-users.js')).toEqual({ exitCode: 0, output: '' });
    expect(world.sqs.faultCounts().failedEntries).toBeGreaterThan(0);
    await untilEmpty(world);
    expect(world.users.size).toBe(25);
    expect(world.users.get('user-24')).toEqual({ userId: 'user-24', properties: { age: 44 } });
    expect(await sources.of(25)).toEqual({ [LOAD]: 25 });
  });

  test('the SDK for JavaScript, which sends users that come as they happen without a source', async () => {
    const sources = watchSources();
    world = await assembly.start({ schema: SCHEMA, ...sources });
    project.write('send-live.js', example('javascript').replace(`send(members, '${LOAD}')`, 'send(members)'));
    expect(await runNode('send-live.js')).toEqual({ exitCode: 0, output: '' });
    expect(await sources.of(25)).toEqual({ none: 25 });
  });

  test('the SDK for JavaScript, which says so when it gives up', async () => {
    world = await assembly.start();
    const { exitCode, output } = await runNode('send-users.js', { QUEUE_URL: `${world.endpoints.queueUrl}-not` });
    expect(exitCode).toBe(1);
    expect(output).toContain('QueueDoesNotExist');
  });

  test('a function for a DynamoDB stream, all of which is one source', async () => {
    const sources = watchSources();
    world = await assembly.start({ schema: SCHEMA, ...sources });
    const event = streamOf(
      { memberId: { S: 'user-0042' }, age: { N: '31' }, tier: { S: 'Premium' }, genres: { SS: ['Crime', 'Drama'] } },
      { memberId: { S: 'user-0043' }, tier: { S: 'Basic' }, country: { S: 'not for Personalize' } },
      undefined,
    );
    expect(await invokeMemberChanged(event)).toEqual({ exitCode: 0, output: '' });
    await untilEmpty(world);
    expect([...world.users.values()]).toEqual([
      {
        userId: 'user-0042',
        properties: { age: 31, membershipType: 'Premium', favouriteGenres: 'Crime|Drama' },
      },
      { userId: 'user-0043', properties: { membershipType: 'Basic' } },
    ]);
    expect(await sources.of(2)).toEqual({ 'members-table': 2 });
  });

  test('a function for a DynamoDB stream, which fails for a member that breaks the contract, and tells no value', async () => {
    world = await assembly.start();
    const { exitCode, output } = await invokeMemberChanged(
      streamOf({ memberId: { S: 'user-0042' }, age: { N: '31' }, tier: { S: 'x'.repeat(24_000) } }),
    );
    expect(exitCode).toBe(1);
    expect(output).toContain('properties: must have at most 24000 characters when written as JSON');
    expect(output).not.toMatch(/user-0042|xxx/);
  });

  test('an EventBridge rule, by its input transformer', async () => {
    world = await assembly.start({ schema: SCHEMA });
    const message = transformInput(inputTransformer(), json('event'));
    expect(PAGE).toContain(`Such an event becomes the message \`${spaced(message)}\``);
    await send(world, [message]);
    await untilEmpty(world);
    expect([...world.users.values()]).toEqual([
      { userId: 'user-0042', properties: { age: 31, membershipType: 'Premium' } },
    ]);
  });

  test('an SNS topic with raw delivery, and no other', async () => {
    world = await assembly.start({ schema: SCHEMA });
    const published = example('body');
    await send(world, [published, envelopeOf(published)]);
    await untilEmpty(world);
    expect([...world.users.values()]).toEqual([json('body')]);
    const letters = await receiveDeadLetters(world);
    expect(letters).toEqual([
      expect.objectContaining({
        MessageAttributes: expect.objectContaining({
          ErrorCode: { DataType: 'String', StringValue: 'MessageContractViolation' },
        }),
      }),
    ]);
  });

  function runNode(file: string, env: Readonly<Record<string, string>> = {}) {
    return project.run(process.execPath, [file], { ...environmentFor(world), ...env });
  }

  /** Runs the function as it was bundled for the stack. Without a package.json, Lambda takes it for CommonJS. */
  function invokeMemberChanged(event: unknown) {
    const { Handler, Code } = resource(
      templateOf('dynamodb-stack'),
      'AWS::Lambda::Function',
      'MemberChanged',
    ).Properties;
    const asset = `assembly/asset.${(Code as { S3Key: string }).S3Key.replace('.zip', '')}`;
    const [file, name] = String(Handler).split('.');
    project.write(`${asset}/package.json`, '{}');
    project.write(
      'invoke.js',
      `import bundle from './${asset}/${file}.js';\nawait bundle.${name}(${JSON.stringify(event)});`,
    );
    return runNode('invoke.js');
  }
});

describe('the CDK examples', () => {
  test('let the rule send to the queue, and nothing else', () => {
    const template = templateOf('eventbridge');
    const rule = resource(template, 'AWS::Events::Rule');
    expect(rule.Properties.Targets).toEqual([
      expect.objectContaining({ Arn: arn(queueOf(template)), InputTransformer: expect.anything() }),
    ]);
    expect(addedToQueuePolicy(template)).toEqual([
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
        Resource: arn(queueOf(template)),
        Condition: { ArnEquals: { 'aws:SourceArn': arn(rule.id) } },
      },
    ]);
  });

  test('have a rule for what comes in bulk give its messages a source, and no other rule', () => {
    const targets = (stack: string) => resource(templateOf(stack), 'AWS::Events::Rule').Properties.Targets;
    expect(targets('eventbridge-source')).toEqual([
      expect.objectContaining({ InputPath: '$.detail.user', SqsParameters: { MessageGroupId: 'members-import' } }),
    ]);
    expect(targets('eventbridge')).toEqual([expect.not.objectContaining({ SqsParameters: expect.anything() })]);
  });

  test('have the rule make messages of the contract of events that have all that it names, and of no others', () => {
    const event = json('event');
    expect(readMessage(transformInput(inputTransformer(), event)).kind).toBe('users');
    delete event.detail.tier;
    expect(readMessage(transformInput(inputTransformer(), event)).kind).toBe('invalid');
  });

  test('let the topic send to the queue, as it is, and nothing else', () => {
    const template = templateOf('sns');
    expect(resource(template, 'AWS::SNS::Subscription').Properties).toMatchObject({
      Protocol: 'sqs',
      Endpoint: arn(queueOf(template)),
      RawMessageDelivery: true,
    });
    expect(addedToQueuePolicy(template)).toEqual([inTemplate(json('queue-policy'), template)]);
  });

  test('let a function send for a table, and do no more with the queue and its key', () => {
    const template = templateOf('dynamodb-stack-encrypted');
    const { Statement } = resource(template, 'AWS::IAM::Policy', 'MemberChanged').Properties.PolicyDocument as {
      Statement: { Resource: unknown }[];
    };
    const key = arn(resource(template, 'AWS::KMS::Key').id);
    const ofQueueOrKey = Statement.filter(
      ({ Resource }) => equal(Resource, arn(queueOf(template))) || equal(Resource, key),
    );
    expect(ofQueueOrKey).toEqual(inTemplate(json('iam').Statement, template));
    expect(addedToQueuePolicy(template)).toEqual([]);
  });

  test.each([
    ['sns-encrypted', ['kms:Decrypt', 'kms:GenerateDataKey'], 'EncryptFromSns'],
    [
      'eventbridge-encrypted',
      ['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      'EncryptFromEventBridge',
    ],
  ])('%s adds to the key what its owner else does', (stack, actions, sid) => {
    const template = templateOf(stack);
    const { Statement } = resource(template, 'AWS::KMS::Key').Properties.KeyPolicy as {
      Statement: { Principal: unknown }[];
    };
    const { Sid, ...owners } = json('key-policy').find(({ Sid }: { Sid: string }) => Sid === sid);
    const ofService = Statement.filter(({ Principal }) => equal(Principal, owners.Principal));
    expect(ofService).toEqual([inTemplate({ ...owners, Action: actions }, template)]);
  });

  test('of a rule and an encrypted queue let the account in, and no other', () => {
    const template = templateOf('eventbridge-encrypted');
    expect(addedToQueuePolicy(template)).toEqual([
      expect.objectContaining({ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }),
    ]);
  });
});

function templateOf(stack: string): Template {
  return Template.fromJSON(JSON.parse(readFileSync(join(ASSEMBLY, `${stack}.template.json`), 'utf8')));
}

function queueOf(template: Template): string {
  return resource(template, 'AWS::SQS::Queue', 'UsersQueue').id;
}

function arn(id: string) {
  return { 'Fn::GetAtt': [id, 'Arn'] };
}

function inputTransformer(): InputTransformer {
  const { Targets } = resource(templateOf('eventbridge'), 'AWS::Events::Rule').Properties;
  return (Targets as { InputTransformer: InputTransformer }[])[0]!.InputTransformer;
}

/** What the queue's policy has besides the two refusals of the pipeline itself. */
function addedToQueuePolicy(template: Template): unknown[] {
  const { Statement } = resource(template, 'AWS::SQS::QueuePolicy', 'UsersQueue').Properties.PolicyDocument as {
    Statement: { Effect: string }[];
  };
  expect(Statement.slice(0, 2)).toEqual([
    expect.objectContaining({ Effect: 'Deny', Action: 'sqs:*' }),
    expect.objectContaining({ Effect: 'Deny', Sid: 'OutsidersOnlySend' }),
  ]);
  return Statement.slice(2);
}

/** A policy of the page, with references to the template's resources in the place of their ARNs. */
function inTemplate(policy: unknown, template: Template): unknown {
  const references: [RegExp, string, string, (id: string) => unknown][] = [
    [/^arn:aws:sqs:.*Users/, 'AWS::SQS::Queue', 'UsersQueue', arn],
    [/^arn:aws:sns:/, 'AWS::SNS::Topic', '', (id) => ({ Ref: id })],
    [/^arn:aws:kms:/, 'AWS::KMS::Key', '', arn],
  ];
  return JSON.parse(JSON.stringify(policy), (_, value) => {
    const [, type, idPart, refer] = references.find(([pattern]) => pattern.test(value)) ?? [];
    return refer ? refer(resource(template, type!, idPart).id) : value;
  });
}

function equal(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A JSON text with a space after each colon and comma, as prose has it. Its strings hold neither. */
function spaced(text: string): string {
  return text.replace(/[:,]/g, '$& ');
}

/** Has a share of the entries of each batch fail. */
function failEntries({ sqs, endpoints }: World, entriesFailed: number): void {
  sqs.setFaults([{ action: 'SendMessageBatch', queueUrl: endpoints.queueUrl, entriesFailed }], 1);
}

/** Source: DynamoDB Streams API reference, `Record`. */
function streamOf(...images: unknown[]) {
  return {
    Records: images.map((NewImage) => ({
      eventName: NewImage ? 'MODIFY' : 'REMOVE',
      eventSource: 'aws:dynamodb',
      dynamodb: { StreamViewType: 'NEW_IMAGE', NewImage },
    })),
  };
}

/** What SNS sends without raw delivery. Source: SNS developer guide, fanout to SQS queues. */
function envelopeOf(Message: string) {
  return {
    Type: 'Notification',
    MessageId: '63a3f6b6-d533-4a47-aef9-fcf5cf758c76',
    TopicArn: 'arn:aws:sns:eu-west-1:123456789012:Members',
    Message,
    Timestamp: '2026-11-23T08:00:00.000Z',
    SignatureVersion: '1',
    Signature: 'EXAMPLE',
    SigningCertURL: 'https://sns.eu-west-1.amazonaws.com/SimpleNotificationService.pem',
    UnsubscribeURL: 'https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe',
  };
}
