/** The construct in stacks of every kind: nested, in a stage, beside others, in any partition, with no account and region. */
import { describe, expect, test } from '@jest/globals';
import { CfnOutput, type Environment, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CodePipeline, CodePipelineSource, ShellStep } from 'aws-cdk-lib/pipelines';
import { UserIngestionMonitoring } from '../../lib/monitoring/user-ingestion-monitoring.ts';
import { PersonalizeUsersStack } from '../../lib/personalize-users-stack.ts';
import { UserIngestion, type UserIngestionProps } from '../../lib/user-ingestion.ts';
import { createTestApp, DATASET_ARN, resource } from './support.ts';

/** A pipeline with all that it can have, and what watches it. */
function pipeline(stack: Stack, id: string, props: Partial<UserIngestionProps> = {}): UserIngestion {
  const ingestion = new UserIngestion(stack, id, {
    datasetArn: DATASET_ARN,
    orderGuard: true,
    tracing: true,
    ...props,
  });
  new UserIngestionMonitoring(stack, `${id}Monitoring`, { ingestion, alarmEmail: 'on-call@example.com' });
  return ingestion;
}

interface Statement {
  readonly Sid?: string;
  readonly Principal?: { readonly Service?: unknown };
  readonly Condition?: unknown;
}

/** The statements of a template's only key. */
function keyPolicy(template: Template): readonly Statement[] {
  return (resource(template, 'AWS::KMS::Key').Properties.KeyPolicy as { Statement: Statement[] }).Statement;
}

/** Every policy document in a template. */
function policies(value: unknown): { readonly Statement: readonly Statement[] }[] {
  if (typeof value !== 'object' || value === null) return [];
  const found = 'Statement' in value && 'Version' in value ? [value as { Statement: Statement[] }] : [];
  return [...found, ...Object.values(value).flatMap(policies)];
}

function expectDistinctSids(template: Template): void {
  const documents = policies(template.toJSON());
  expect(documents.length).toBeGreaterThan(0);
  for (const { Statement } of documents) {
    const sids = Statement.flatMap(({ Sid }) => (Sid === undefined ? [] : [Sid]));
    expect(sids).toEqual([...new Set(sids)]);
  }
}

const CONNECTION_ARN = 'arn:aws:codestar-connections:eu-west-1:111111111111:connection/example';

const datasetIn = (partition: string, region: string) =>
  `arn:${partition}:personalize:${region}:123456789012:dataset/my-group/USERS`;

describe('a nested stack', () => {
  test("takes its parent's key", () => {
    const app = createTestApp();
    const parent = new Stack(app, 'Parent');
    const encryptionKey = new Key(parent, 'Key');
    pipeline(new NestedStack(parent, 'Nested'), 'Users', { encryptionKey });
    expect(() => app.synth()).not.toThrow();
    const logs = keyPolicy(Template.fromStack(parent)).find(({ Sid }) => Sid?.startsWith('EncryptLogs'));
    expect(JSON.stringify(logs?.Condition)).toMatch(/:log-group:\*-UsersLogGroup[\dA-F]{8}-\*"/);
  });

  test('takes the key of a nested stack beside it', () => {
    const app = createTestApp();
    const parent = new Stack(app, 'Parent');
    const encryptionKey = new Key(new NestedStack(parent, 'Keys'), 'Key');
    pipeline(new NestedStack(parent, 'Nested'), 'Users', { encryptionKey });
    expect(() => app.synth()).not.toThrow();
  });

  test('has a key of its own, for the log group of its own name', () => {
    const app = createTestApp();
    const nested = new NestedStack(new Stack(app, 'Parent'), 'Nested');
    pipeline(nested, 'Users', { encryptionKey: new Key(nested, 'Key') });
    expect(() => app.synth()).not.toThrow();
    expect(JSON.stringify(keyPolicy(Template.fromStack(nested)))).toContain('{"Ref":"AWS::StackName"},"-UsersLogGroup');
  });
});

test('a stack takes the key of another stack', () => {
  const app = createTestApp();
  const encryptionKey = new Key(new Stack(app, 'Keys'), 'Key');
  pipeline(new Stack(app, 'Theirs'), 'Users', { encryptionKey });
  expect(() => app.synth()).not.toThrow();
});

describe('several pipelines in one stack', () => {
  const stack = new Stack(createTestApp(), 'Theirs');
  const encryptionKey = new Key(stack, 'Key');
  for (const group of ['books', 'films']) {
    pipeline(stack, group, { datasetArn: DATASET_ARN.replace('my-group', group), encryptionKey });
  }
  const template = Template.fromStack(stack);

  test('share a key, in whose policy no statement is named twice', () => {
    expect(keyPolicy(template).filter(({ Sid }) => Sid?.startsWith('EncryptLogs'))).toHaveLength(2);
    expectDistinctSids(template);
  });

  test('have names of their own', () => {
    for (const [type, property] of [
      ['AWS::CloudWatch::Alarm', 'AlarmName'],
      ['AWS::CloudWatch::Dashboard', 'DashboardName'],
      ['AWS::Logs::QueryDefinition', 'Name'],
    ] as const) {
      const names = Object.values(template.findResources(type)).map(({ Properties }) => Properties[property]);
      expect(names).toEqual([...new Set(names)]);
    }
  });

  test('have a role each, for its own dataset', () => {
    const resources = Object.values(template.findResources('AWS::IAM::Policy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter(({ Sid }: Statement) => Sid === 'PutUsers').map(
        ({ Resource }: { Resource: unknown }) => Resource,
      ),
    );
    expect(resources).toEqual(['books', 'films'].map((group) => DATASET_ARN.replace('my-group', group)));
  });
});

describe('CloudWatch Logs, as the policy of a key names it', () => {
  const principalIn = (env: Environment | undefined, datasetArn: string) => {
    const stack = new Stack(createTestApp(), 'Theirs', env && { env });
    pipeline(stack, 'Users', { datasetArn, encryptionKey: new Key(stack, 'Key') });
    return keyPolicy(Template.fromStack(stack)).find(({ Sid }) => Sid?.startsWith('EncryptLogs'))?.Principal?.Service;
  };

  test.each([
    ['aws', 'eu-west-1', 'logs.eu-west-1.amazonaws.com'],
    ['aws-cn', 'cn-north-1', 'logs.cn-north-1.amazonaws.com.cn'],
    ['aws-us-gov', 'us-gov-west-1', 'logs.us-gov-west-1.amazonaws.com'],
  ])('is, in %s, of the region', (partition, region, principal) => {
    expect(principalIn({ account: '123456789012', region }, datasetIn(partition, region))).toBe(principal);
  });

  test('is filled in when the stack is deployed, if its region is not known before', () => {
    expect(principalIn(undefined, DATASET_ARN)).toEqual({
      'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]],
    });
  });
});

describe.each([
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
])('in %s', (partition, region, console) => {
  const datasetArn = datasetIn(partition, region);
  const stack = new PersonalizeUsersStack(createTestApp(), 'PersonalizeUsers', {
    datasetArn,
    orderGuard: true,
    tracing: true,
    encryption: 'customer-managed',
    producerPrincipalArns: [`arn:${partition}:iam::111122223333:root`],
  });
  const template = Template.fromStack(stack);
  const text = JSON.stringify(template.toJSON());

  test('no ARN is of another partition', () => {
    const written = [...text.matchAll(/arn:(aws[a-z-]*):/g)].map(([, found]) => found);
    expect(new Set(written)).toEqual(new Set([partition]));
  });

  test('a key is used through services by names that end the same in every partition', () => {
    const names = [...text.matchAll(/"((?:sqs|logs|dynamodb)\.[a-z\d-]+\.amazonaws[^"]*)"/g)].map(([, name]) => name);
    const viaService = names.filter((name) => !name!.startsWith('logs.') || name === `logs.${region}.amazonaws.com`);
    expect(new Set(viaService)).toEqual(
      new Set(['sqs', 'logs', 'dynamodb'].map((name) => `${name}.${region}.amazonaws.com`)),
    );
  });

  test('the dashboard is found', () => {
    expect(template.findOutputs('DashboardUrl').DashboardUrl?.Value).toContain(console);
  });
});

describe('a stack without an account and a region', () => {
  const datasetArn = 'arn:aws-cn:personalize:cn-north-1:123456789012:dataset/my-group/USERS';

  test('finds the dashboard in the console of the partition that it is deployed to', () => {
    const stack = new Stack(createTestApp(), 'Theirs');
    const ingestion = new UserIngestion(stack, 'Users', { datasetArn });
    const { dashboardUrl } = new UserIngestionMonitoring(stack, 'Monitoring', { ingestion });
    new CfnOutput(stack, 'Dashboard', { value: dashboardUrl! });
    const url = JSON.stringify(stack.resolve(dashboardUrl));
    expect(url).toContain('AWS::Partition');
    const [mapping] = Object.values(Template.fromStack(stack).findMappings('*'));
    expect(mapping).toMatchObject({
      aws: { domain: 'console.aws.amazon.com' },
      'aws-cn': { domain: 'console.amazonaws.cn' },
      'aws-us-gov': { domain: 'console.amazonaws-us-gov.com' },
    });
  });

  test('names no partition but that of the dataset', () => {
    const stack = new Stack(createTestApp(), 'Theirs');
    pipeline(stack, 'Users', { datasetArn, encryptionKey: new Key(stack, 'Key') });
    const text = JSON.stringify(Template.fromStack(stack).toJSON());
    expect([...text.matchAll(/arn:(aws[a-z-]*):/g)].every(([, found]) => found === 'aws-cn')).toBe(true);
  });
});

test('a stage has pipelines of its own', () => {
  const app = createTestApp();
  const names = ['Beta', 'Prod'].map((id) => {
    const stage = new Stage(app, id);
    const { stackName } = new PersonalizeUsersStack(stage, 'PersonalizeUsers', { datasetArn: DATASET_ARN });
    const { template } = stage.synth().getStackByName(stackName);
    const alarms = Template.fromJSON(template).findResources('AWS::CloudWatch::Alarm');
    return Object.values(alarms).map(({ Properties }) => Properties.AlarmName as string);
  });
  expect(names.flat()).toEqual([...new Set(names.flat())]);
});

describe('CDK Pipelines', () => {
  const app = createTestApp();
  const stack = new Stack(app, 'Delivery', { env: { account: '111111111111', region: 'eu-west-1' } });
  const delivery = new CodePipeline(stack, 'Pipeline', {
    synth: new ShellStep('Synth', {
      input: CodePipelineSource.connection('shop/pipeline', 'main', { connectionArn: CONNECTION_ARN }),
      commands: ['npm ci', 'npx cdk synth'],
    }),
    crossAccountKeys: true,
  });
  for (const [id, account] of [
    ['Beta', '222222222222'],
    ['Prod', '333333333333'],
  ] as const) {
    const stage = new Stage(app, id, { env: { account, region: 'eu-west-1' } });
    const users = new PersonalizeUsersStack(stage, 'Users', {
      datasetArn: DATASET_ARN.replace('123456789012', account),
      orderGuard: true,
    });
    delivery.addStage(stage, {
      post: [
        new ShellStep(`Smoke${id}`, {
          commands: ['echo $QUEUE_URL'],
          envFromCfnOutputs: { QUEUE_URL: users.node.findChild('QueueUrl') as CfnOutput },
        }),
      ],
    });
  }
  delivery.buildPipeline();
  const assembly = app.synth();

  test('deploy a stage to each account, and use its outputs afterwards', () => {
    const [{ Properties }] = Object.values(
      Template.fromJSON(assembly.getStackByName('Delivery').template).findResources('AWS::CodePipeline::Pipeline'),
    ) as [{ Properties: { Stages: { Name: string; Actions: { Name: string }[] }[] } }];
    const actions = Object.fromEntries(
      Properties.Stages.map(({ Name, Actions }) => [Name, Actions.map((action) => action.Name).toSorted()]),
    );
    expect(actions).toMatchObject({
      Beta: ['SmokeBeta', 'Users.Deploy', 'Users.Prepare'],
      Prod: ['Users.Deploy', 'Users.Prepare', 'SmokeProd'].toSorted(),
    });
  });

  test('publish the code of the function once, since it is the same in each stage', () => {
    const code = ['Beta', 'Prod'].map((id) => {
      const { template } = assembly.getNestedAssembly(`assembly-${id}`).getStackByName(`${id}-Users`);
      const functions = Template.fromJSON(template).findResources('AWS::Lambda::Function');
      return Object.values(functions).map(({ Properties }) => Properties.Code.S3Key);
    });
    expect(code[0]).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.zip$/)]);
    expect(code[1]).toEqual(code[0]);
  });
});

test('a permissions boundary holds for every role', () => {
  const stack = new Stack(createTestApp(), 'Theirs', { env: { account: '123456789012', region: 'eu-west-1' } });
  PermissionsBoundary.of(stack).apply(ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'developers'));
  pipeline(stack, 'Users');
  const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  expect(roles).toHaveLength(1);
  for (const { Properties } of roles) {
    expect(JSON.stringify(Properties.PermissionsBoundary)).toContain(':iam::123456789012:policy/developers');
  }
});
