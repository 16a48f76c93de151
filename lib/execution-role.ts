/** The function's role: what it may do, and nothing else. */
import { Stack } from 'aws-cdk-lib';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { throughDynamoDb, throughSqs, USE_ACTIONS, USE_BY_TABLE_ACTIONS } from './encryption-key.ts';

/** What the function touches, each the only one of its kind that it may. */
export interface Touched {
  readonly datasetArn: string;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly logGroup: ILogGroup;
  /** The table of versions, if there is the order guard. */
  readonly orderTable?: ITable | undefined;
  /** The customer's keys that the queues are encrypted with, each once. */
  readonly queueKeys: readonly IKey[];
  /** What the table of versions is encrypted with, if it is the customer's. */
  readonly encryptionKey?: IKey | undefined;
  /** Whether the function is in a VPC. */
  readonly isInVpc: boolean;
}

/** Makes the role. */
export function createExecutionRole(scope: Construct, touched: Touched): Role {
  const role = new Role(scope, 'Role', {
    description: 'What the function that puts users into the Users dataset may do.',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  for (const statement of statements(touched)) role.addToPolicy(statement);
  if (touched.orderTable) role.addToPolicy(allow('KeepOrder', KEEP_ORDER_ACTIONS, touched.orderTable.tableArn));
  const { region } = Stack.of(scope);
  if (touched.queueKeys.length > 0) role.addToPolicy(keyUse(touched.queueKeys, region));
  if (touched.encryptionKey && touched.orderTable) role.addToPolicy(keyUseByTable(touched.encryptionKey, region));
  if (touched.isInVpc) role.addToPolicy(allow('UseVpc', VPC_ACTIONS, '*'));
  return role;
}

function statements({ datasetArn, queue, deadLetterQueue, logGroup }: Touched): PolicyStatement[] {
  return [
    allow('PutUsers', ['personalize:PutUsers'], datasetArn),
    allow('ConsumeUsers', CONSUME_ACTIONS, queue.queueArn),
    allow('SendDeadLetters', ['sqs:SendMessage'], deadLetterQueue.queueArn),
    allow('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn),
  ];
}

/** Users are decrypted when they are received, dead letters encrypted when they are sent, both by SQS for the role. */
function keyUse(keys: readonly IKey[], region: string): PolicyStatement {
  const statement = allow('UseEncryptionKey', [...USE_ACTIONS], ...keys.map(({ keyArn }) => keyArn));
  statement.addConditions(throughSqs(region));
  return statement;
}

/** Each write is a conditional update; what an item holds is read where the refusal of one does not say it. */
const KEEP_ORDER_ACTIONS = ['dynamodb:GetItem', 'dynamodb:UpdateItem'];

/** Versions are encrypted and decrypted by DynamoDB for the role. */
function keyUseByTable(key: IKey, region: string): PolicyStatement {
  const statement = allow('UseEncryptionKeyForOrder', [...USE_BY_TABLE_ACTIONS], key.keyArn);
  statement.addConditions(throughDynamoDb(region));
  return statement;
}

/** The first three are the event source mapping's, the last is the function's own, to back off. */
const CONSUME_ACTIONS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
];

/**
 * What Lambda needs for a function in a VPC, and no more. It takes no resource: Lambda checks it before there is a network interface.
 * Source: Lambda developer guide, required IAM permissions for VPCs.
 */
const VPC_ACTIONS = [
  'ec2:AssignPrivateIpAddresses',
  'ec2:CreateNetworkInterface',
  'ec2:DeleteNetworkInterface',
  'ec2:DescribeNetworkInterfaces',
  'ec2:DescribeSubnets',
  'ec2:UnassignPrivateIpAddresses',
];

function allow(sid: string, actions: string[], ...resources: string[]): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources });
}
