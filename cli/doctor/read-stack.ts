/** Reads what a stack in AWS is: its template and its resources' ids, by which it is told what was changed since. */
import {
  type CloudFormationClient,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { type DeployedTemplate, readTemplate } from './template.ts';

/** Such as `UPDATE_COMPLETE`. */
export async function readStackStatus(client: CloudFormationClient, StackName: string): Promise<string> {
  const { Stacks = [] } = await client.send(new DescribeStacksCommand({ StackName }));
  return Stacks[0]?.StackStatus ?? 'in an unknown state';
}

export async function readDeployedTemplate(client: CloudFormationClient, StackName: string): Promise<DeployedTemplate> {
  const { TemplateBody = '{}' } = await client.send(new GetTemplateCommand({ StackName, TemplateStage: 'Processed' }));
  const { StackResources = [] } = await client.send(new DescribeStackResourcesCommand({ StackName }));
  return readTemplate(
    TemplateBody,
    StackResources.map(({ LogicalResourceId = '', PhysicalResourceId = '' }) => ({
      logicalId: LogicalResourceId,
      physicalId: PhysicalResourceId,
    })),
  );
}
