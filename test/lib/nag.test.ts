/** cdk-nag's AwsSolutions rules over the stack as it is deployed. Nothing is acknowledged, so nothing needs a reason. */
import { describe, expect, test } from '@jest/globals';
import { type Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { PersonalizeUsersStackProps } from '../../lib/personalize-users-stack.ts';
import { createStack } from './support.ts';

/** The rules that a stack breaks, each with where. */
function findings(stack: Stack): string[] {
  return new AwsSolutionsChecks(stack)
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
    );
}

describe('cdk-nag', () => {
  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['as it is by default', {}],
    ['with fifo', { fifo: true }],
    ['with producers', { producerPrincipalArns: ['arn:aws:iam::111122223333:root'] }],
  ])('finds nothing in the stack %s', (_, props) => {
    expect(findings(createStack(props))).toEqual([]);
  });

  test('finds what is wrong with a stack that is worse', () => {
    const stack = createStack();
    stack.ingestion.function.addToRolePolicy(new PolicyStatement({ actions: ['sqs:*'], resources: ['*'] }));
    new Queue(stack, 'Worse');
    expect(findings(stack)).toEqual([
      'AwsSolutions-IAM5[Action::sqs:*] at PersonalizeUsers/Users/Role/DefaultPolicy/Resource',
      'AwsSolutions-IAM5[Resource::*] at PersonalizeUsers/Users/Role/DefaultPolicy/Resource',
      'AwsSolutions-SQS3 at PersonalizeUsers/Worse/Resource',
      'AwsSolutions-SQS4 at PersonalizeUsers/Worse/Resource',
    ]);
  });

  test('nothing in the stack is acknowledged', () => {
    const acknowledged = createStack()
      .node.findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY));
    expect(acknowledged).toEqual([]);
  });
});
