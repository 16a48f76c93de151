/**
 * cdk-nag over the stack as it is deployed, by two of its packs.
 *
 * AwsSolutions is AWS's own good practice. NIST 800-53 r5 is beside it because it is a catalogue of security controls
 * and nothing else, and finds here whatever HIPAA Security finds, and more than PCI DSS 3.2.1. (The Serverless pack is
 * about reliability: it would have a dead-letter queue for the dead-letter queue, and a destination, which mappings of
 * SQS queues cannot have.)
 */
import { describe, expect, test } from '@jest/globals';
import { type Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks, NIST80053R5Checks } from 'cdk-nag';
import type { PersonalizeUsersStackProps } from '../../lib/personalize-users-stack.ts';
import { createStack, KEY_ARN } from './support.ts';

/** What is found and stays, each with the reason. A key for the logs is a setting, and then nothing is found there. */
const ACKNOWLEDGED: Readonly<Record<string, string>> = {
  'NIST.800.53.R5-IAMNoInlinePolicy at PersonalizeUsers/Users/Role/DefaultPolicy/Resource':
    'The policy is about one role and goes with it. A managed policy could be attached elsewhere, and would allow it all there.',
  'NIST.800.53.R5-LambdaConcurrency at PersonalizeUsers/Users/Function/Resource':
    'The mapping limits the concurrency. Reserved concurrency would turn messages away, and each time counts as a receive.',
  'NIST.800.53.R5-LambdaDLQ at PersonalizeUsers/Users/Function/Resource':
    'It is for asynchronous invocations, of which there are none: the mapping waits for each, and the queue has a dead-letter queue.',
  'NIST.800.53.R5-LambdaInsideVPC at PersonalizeUsers/Users/Function/Resource':
    'The function takes no connections, and calls SQS and Personalize only, by TLS and IAM. There is nothing in a VPC that it needs.',
};
const WITHOUT_KEY = {
  'NIST.800.53.R5-CloudWatchLogGroupEncrypted at PersonalizeUsers/Users/LogGroup/Resource':
    'CloudWatch Logs encrypts every log group, and the logs hold nothing of a user. encryption=customer-managed brings a key.',
  'NIST.800.53.R5-SNSEncryptedKMS at PersonalizeUsers/Monitoring/AlarmTopic/Resource':
    'SNS encrypts its disks, and alarms hold names and counts. CloudWatch cannot use the key that AWS manages for SNS, so ' +
    'more takes a key of the customer, which encryption=customer-managed brings.',
};
const WITH_TRACING = {
  'AwsSolutions-IAM5[Resource::*] at PersonalizeUsers/Users/Role/DefaultPolicy/Resource':
    "X-Ray's actions take no resource but *. Source: service authorization reference.",
};

/** The rules that a stack breaks, each with where. */
function findings(stack: Stack): string[] {
  return [AwsSolutionsChecks, NIST80053R5Checks].flatMap((Pack) =>
    new Pack(stack)
      .validateScope(stack)
      .violations.flatMap(({ ruleName, violatingResources }) =>
        violatingResources.map(({ constructPath }) => `${ruleName} at ${constructPath}`),
      ),
  );
}

describe('cdk-nag', () => {
  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['as it is by default', {}],
    ['with fifo', { fifo: true }],
    ['with producers', { producerPrincipalArns: ['arn:aws:iam::111122223333:root'] }],
    ['with an organization', { producerOrganizationId: 'o-a1b2c3d4e5' }],
    ['with an address for alarms', { alarmEmail: 'on-call@example.com' }],
  ])('finds nothing in the stack that is not acknowledged, %s', (_, props) => {
    const acknowledged = Object.keys({ ...ACKNOWLEDGED, ...WITHOUT_KEY });
    expect(findings(createStack(props)).sort()).toEqual(acknowledged.sort());
  });

  test.each<[string, Partial<PersonalizeUsersStackProps>]>([
    ['a key that it makes', { encryption: 'customer-managed' }],
    ['a key that it is given', { encryptionKeyArn: KEY_ARN }],
    [
      'a key and producers',
      { encryption: 'customer-managed', producerPrincipalArns: ['arn:aws:iam::111122223333:root'] },
    ],
  ])('finds nothing at the log group and the topic either if the stack has %s', (_, props) => {
    expect(findings(createStack(props)).sort()).toEqual(Object.keys(ACKNOWLEDGED).sort());
  });

  test('finds nothing more with tracing than that X-Ray has no resources', () => {
    const acknowledged = Object.keys({ ...ACKNOWLEDGED, ...WITHOUT_KEY, ...WITH_TRACING });
    expect(findings(createStack({ tracing: true })).sort()).toEqual(acknowledged.sort());
  });

  test('finds nothing without monitoring that is not there with it', () => {
    const found = findings(createStack({ monitoring: false }));
    expect(found.filter((finding) => !(finding in ACKNOWLEDGED) && !(finding in WITHOUT_KEY))).toEqual([]);
  });

  test('finds what is wrong with a stack that is worse', () => {
    const stack = createStack({ encryption: 'customer-managed' });
    stack.ingestion.function.addToRolePolicy(new PolicyStatement({ actions: ['sqs:*'], resources: ['*'] }));
    new Queue(stack, 'Worse');
    expect(findings(stack).filter((finding) => !(finding in ACKNOWLEDGED))).toEqual([
      'AwsSolutions-IAM5[Action::sqs:*] at PersonalizeUsers/Users/Role/DefaultPolicy/Resource',
      'AwsSolutions-IAM5[Resource::*] at PersonalizeUsers/Users/Role/DefaultPolicy/Resource',
      'AwsSolutions-SQS3 at PersonalizeUsers/Worse/Resource',
      'AwsSolutions-SQS4 at PersonalizeUsers/Worse/Resource',
      'NIST.800.53.R5-IAMPolicyNoStatementsWithFullAccess at PersonalizeUsers/Users/Role/DefaultPolicy/Resource',
    ]);
  });

  test('nothing is acknowledged in the stack itself, where this would not see it', () => {
    const acknowledged = createStack()
      .node.findAll()
      .flatMap(({ node }) => node.metadata.filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY));
    expect(acknowledged).toEqual([]);
  });
});
