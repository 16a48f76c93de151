/** Where a dashboard is in the AWS console. Source: AWS Management Console user guide, service endpoints. */
import { CfnMapping, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { partitionOf } from '../place.ts';

/** The console's domain, by partition. */
const CONSOLES: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** Where the stack's partition is known only when it is deployed, the template has a table of the consoles. */
export function dashboardUrl(scope: Construct, dashboardName: string): string {
  const { region, partition } = Stack.of(scope);
  const domain = Token.isUnresolved(region)
    ? consoles(scope).findInMap(partition, 'domain')
    : (CONSOLES[partitionOf(region) ?? ''] ?? CONSOLES.aws);
  return `https://${region}.${domain}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
}

function consoles(scope: Construct): CfnMapping {
  const made = scope.node.tryFindChild('Consoles');
  if (made) return made as CfnMapping;
  const mapping = Object.fromEntries(Object.entries(CONSOLES).map(([partition, domain]) => [partition, { domain }]));
  return new CfnMapping(scope, 'Consoles', { mapping });
}
