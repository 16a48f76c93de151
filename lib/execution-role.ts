/** The function's role: what it may do, and nothing else. */
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';

/** What the function touches, each the only one of its kind that it may. */
export interface Touched {
  readonly datasetArn: string;
  readonly queue: IQueue;
  readonly deadLetterQueue: IQueue;
  readonly logGroup: ILogGroup;
}

/** Makes the role. */
export function createExecutionRole(scope: Construct, touched: Touched): Role {
  const role = new Role(scope, 'Role', {
    description: 'What the function that puts users into the Users dataset may do.',
    assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
  });
  for (const statement of statements(touched)) role.addToPolicy(statement);
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

/** The first three are the event source mapping's, the last is the function's own, to back off. */
const CONSUME_ACTIONS = [
  'sqs:ReceiveMessage',
  'sqs:DeleteMessage',
  'sqs:GetQueueAttributes',
  'sqs:ChangeMessageVisibility',
];

function allow(sid: string, actions: string[], resource: string): PolicyStatement {
  return new PolicyStatement({ sid, effect: Effect.ALLOW, actions, resources: [resource] });
}
