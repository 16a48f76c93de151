/**
 * Where things are in the AWS console. Source: AWS Management Console user guide, service endpoints, for the domains; the paths are as the
 * console has them, which no page promises, so nothing but links for people goes by them.
 */
import { CfnMapping, Stack, Token } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { partitionOf } from '../place.ts';

/** The console's domain, by partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where a dashboard is. */
export function dashboardUrl(scope: Construct, dashboardName: string): string {
  return page(scope, 'cloudwatch/home', `dashboards/dashboard/${dashboardName}`);
}

/** Where a function is. */
export function functionUrl(scope: Construct, functionName: string): string {
  return page(scope, 'lambda/home', `/functions/${functionName}`);
}

/** Where a log group is. Its name has no slash. */
export function logGroupUrl(scope: Construct, logGroupName: string): string {
  return page(scope, 'cloudwatch/home', `logsV2:log-groups/log-group/${logGroupName}`);
}

/** Where the saved queries are, under "Queries". */
export function queriesUrl(scope: Construct): string {
  return page(scope, 'cloudwatch/home', 'logsV2:logs-insights');
}

/** Where a queue is: by its URL, whose parts are filled in when the stack is deployed, and so are encoded one by one. */
export function queueUrl(scope: Construct, { queueName, env }: IQueue): string {
  const { region, urlSuffix } = Stack.of(scope);
  const url = [`https%3A%2F%2Fsqs.${region}.${urlSuffix}`, env.account, queueName].join('%2F');
  return page(scope, 'sqs/v3/home', `/queues/${url}`);
}

function page(scope: Construct, path: string, place: string): string {
  const { region } = Stack.of(scope);
  return `https://${region}.${domain(scope)}/${path}?region=${region}#${place}`;
}

/** Where the stack's partition is known only when it is deployed, the template has a table of the consoles. */
function domain(scope: Construct): string {
  const { region, partition } = Stack.of(scope);
  if (Token.isUnresolved(region)) return consoles(scope).findInMap(partition, 'domain');
  return CONSOLES[partitionOf(region) ?? ''] ?? CONSOLES.aws!;
}

function consoles(scope: Construct): CfnMapping {
  const made = scope.node.tryFindChild('Consoles');
  if (made) return made as CfnMapping;
  const mapping = Object.fromEntries(Object.entries(CONSOLES).map(([partition, domain]) => [partition, { domain }]));
  return new CfnMapping(scope, 'Consoles', { mapping });
}
