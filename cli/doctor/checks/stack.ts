/** The stack: whether its last deployment went well. That it is there and has the outputs of this version, connecting shows. */
import { type Finding, failed, findingOf, warning } from '../finding.ts';

export const STACK = 'Stack';

/** @param status - of DescribeStacks, such as `UPDATE_COMPLETE` */
export function checkStack(name: string, status: string, hasTemplate: boolean): Finding {
  return findingOf(
    STACK,
    [
      statusProblem(status),
      hasTemplate
        ? undefined
        : warning(
            'Its template and resources could not be looked at, so what was changed by hand since is not known.',
            'Allow cloudformation:GetTemplate and cloudformation:DescribeStackResources on the stack.',
          ),
    ],
    `${name} is ${status}, with the outputs of this version.`,
  );
}

/** Source: CloudFormation user guide, stack status codes. */
function statusProblem(status: string) {
  if (/^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(status)) return undefined;
  if (/_IN_PROGRESS$/.test(status)) return warning(`It is ${status}.`, 'Look again when it is done.');
  return /^UPDATE_ROLLBACK_COMPLETE$/.test(status)
    ? warning(
        'Its last deployment failed, and was rolled back: what runs is the one before.',
        'See why: npx cdk deploy, or the events of the stack.',
      )
    : failed(`It is ${status}.`, 'See why in the events of the stack, and deploy it again.');
}
