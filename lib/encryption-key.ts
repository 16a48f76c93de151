/** The customer-managed key: how one is made, and what whoever sends, consumes, logs or alarms needs on it. */
import { ArnFormat, type CfnElement, type RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import {
  AccountRootPrincipal,
  Grant,
  type IGrantable,
  PolicyDocument,
  PolicyStatement,
  PrincipalWithConditions,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { Construct, IConstruct } from 'constructs';

/** What sending to an encrypted queue takes, and receiving from it less. Source: SQS developer guide, key management. */
export const USE_ACTIONS: readonly string[] = ['kms:Decrypt', 'kms:GenerateDataKey'];

/**
 * What whoever reads and writes an encrypted table needs. Source: DynamoDB developer guide, encryption at rest, authorizing the
 * use of your KMS key.
 */
export const USE_BY_TABLE_ACTIONS: readonly string[] = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey*',
  'kms:ReEncrypt*',
];

/**
 * Makes a key that rotates every year. Its policy lets the account's own IAM policies say who administers it, and who
 * uses it, the latter only through SQS and CloudWatch Logs: nobody can decrypt with it by themselves.
 *
 * @param options - `removalPolicy` is to be that of the queues, which nobody can read without the key; with `orderGuard` it can
 * be used through DynamoDB as well
 */
export function createEncryptionKey(
  scope: Construct,
  {
    orderGuard = false,
    ...options
  }: { readonly removalPolicy?: RemovalPolicy; readonly orderGuard?: boolean | undefined },
): Key {
  const { region } = Stack.of(scope);
  const statements = [administration(), useByTheAccount(region), ...(orderGuard ? [useByTables(region)] : [])];
  return new Key(scope, 'EncryptionKey', {
    description: 'Encrypts the users on their way into the Users dataset, the dead letters, the logs and the alarms.',
    enableKeyRotation: true,
    policy: new PolicyDocument({ statements }),
    ...options,
  });
}

/** What an account does with its keys, and nothing that decrypts. Source: KMS developer guide, key administrators. */
function administration(): PolicyStatement {
  return new PolicyStatement({
    sid: 'AdministerKey',
    principals: [new AccountRootPrincipal()],
    actions: [
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
    resources: ['*'],
  });
}

function useByTheAccount(region: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'UseThroughServices',
    principals: [new AccountRootPrincipal()],
    actions: [...USE_ACTIONS],
    resources: ['*'],
    conditions: through([service('sqs', region), service('logs', region)]),
  });
}

/** Whoever makes the table lets DynamoDB keep using the key. Source: as for {@link USE_BY_TABLE_ACTIONS}. */
function useByTables(region: string): PolicyStatement {
  return new PolicyStatement({
    sid: 'UseThroughDynamoDB',
    principals: [new AccountRootPrincipal()],
    actions: [...USE_BY_TABLE_ACTIONS, 'kms:CreateGrant'],
    resources: ['*'],
    conditions: throughDynamoDb(region),
  });
}

/** A condition that holds when DynamoDB uses the key for somebody who calls DynamoDB. */
export function throughDynamoDb(region: string) {
  return through(service('dynamodb', region));
}

/** A condition that holds when SQS uses the key for somebody who calls SQS. Source: KMS developer guide, kms:ViaService. */
export function throughSqs(region: string) {
  return through(service('sqs', region));
}

/**
 * Lets a producer encrypt what it sends. On a key whose policy cannot be changed from here (it was made elsewhere), only
 * producers with IAM policies of their own get anything; the rest is for the key's owner to allow.
 */
export function grantUseThroughSqs(key: IKey, grantee: IGrantable, region: string): Grant {
  const conditions = throughSqs(region);
  return Grant.addToPrincipalOrResource({
    // The grant puts its conditions into the producer's policy only; those of the principal go into the key's.
    grantee: { grantPrincipal: new PrincipalWithConditions(grantee.grantPrincipal, conditions) },
    actions: [...USE_ACTIONS],
    resource: key,
    resourceArns: [key.keyArn],
    resourceSelfArns: ['*'],
    conditions,
  });
}

/**
 * Lets CloudWatch Logs encrypt the one log group. The policy cannot refer to the log group, which refers to the key, so it
 * has the name that CloudFormation gives, as far as that is known. Source: CloudWatch Logs user guide, encryption.
 */
export function allowLogGroup(key: IKey, logGroup: LogGroup): void {
  const stack = Stack.of(logGroup);
  const { logicalId } = logGroup.node.defaultChild as CfnElement;
  const arn = stack.formatArn({
    service: 'logs',
    resource: 'log-group',
    resourceName: `${nameOfStack(stack, Stack.of(key))}-${logicalId}-*`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: sidFor('EncryptLogs', logGroup),
      principals: [new ServicePrincipal(logsPrincipal(stack))],
      actions: ['kms:Decrypt', 'kms:Describe*', 'kms:Encrypt', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': arn } },
    }),
  );
}

/** A nested stack is given its name when it is deployed, and a key outside of it is there before that. */
function nameOfStack(stack: Stack, seenFrom: Stack): string {
  return stack !== seenFrom && Token.isUnresolved(stack.stackName) ? '*' : stack.stackName;
}

/**
 * CloudWatch Logs in the stack's region. Unlike other services it is called after the partition as well. Source: the CDK's region
 * information (`Default.servicePrincipal`); CloudWatch Logs user guide, encryption, in China.
 */
function logsPrincipal({ region, urlSuffix }: Stack): string {
  const suffix = Token.isUnresolved(region) ? undefined : RegionInfo.get(region).domainSuffix;
  return `logs.${region}.${suffix ?? urlSuffix}`;
}

/** Pipelines that share a key need names of their own in its policy, where no name may be twice. Source: IAM user guide, Sid. */
function sidFor(name: string, { node }: IConstruct): string {
  return `${name}${node.addr.slice(-8)}`;
}

/**
 * Lets CloudWatch encrypt what the given alarms publish to a topic, and nothing else. Source: SNS developer guide,
 * compatibility between event sources from AWS services and encrypted topics.
 */
export function allowAlarms(key: IKey, topic: ITopic, alarmArns: readonly string[]): void {
  key.addToResourcePolicy(
    new PolicyStatement({
      sid: sidFor('EncryptAlarms', topic),
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['kms:Decrypt', 'kms:GenerateDataKey*'],
      resources: ['*'],
      conditions: {
        StringEquals: { 'aws:SourceAccount': Stack.of(topic).account },
        ArnEquals: { 'aws:SourceArn': alarmArns },
      },
    }),
  );
}

function through(services: string | readonly string[]) {
  return { StringEquals: { 'kms:ViaService': services } };
}

/** A service as `kms:ViaService` names it, in China too. Source: KMS developer guide, kms:ViaService. */
function service(name: string, region: string): string {
  return `${name}.${region}.amazonaws.com`;
}
