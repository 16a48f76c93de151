import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { CLIENT } from './account.ts';

const cloudFormation = new CloudFormationClient(CLIENT);

/** Finds what a stack consists of by the type and a part of the logical id. */
export async function readPhysicalIds(StackName: string): Promise<(type: string, idPart?: string) => string> {
  const { StackResources } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
  return (type, idPart = '') => {
    const found = StackResources!.find(
      ({ ResourceType, LogicalResourceId }) => ResourceType === type && LogicalResourceId!.includes(idPart),
    );
    return found!.PhysicalResourceId!;
  };
}
