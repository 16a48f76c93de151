/** The stack that `cdk deploy` makes: one pipeline, the producers that may send to it, and where to find its parts. */
import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { ArnPrincipal } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import { placeOf } from './dataset-arn.ts';
import { checkSettings } from './settings.ts';
import { UserIngestion, type UserIngestionProps } from './user-ingestion.ts';

/** What the stack is made from. Its account and region are the dataset's: nothing else could call PutUsers on it. */
export interface PersonalizeUsersStackProps extends UserIngestionProps, Omit<StackProps, 'env'> {
  /** The ARN of the Users dataset, `arn:aws:personalize:REGION:ACCOUNT:dataset/GROUP/USERS`. */
  readonly datasetArn: string;
  /**
   * Who may send to the queue besides whoever the account's own IAM policies let: ARNs of roles, users or whole accounts,
   * of this account or others.
   * @default - nobody
   */
  readonly producerPrincipalArns?: readonly string[];
}

/** The pipeline in a stack of its own. */
export class PersonalizeUsersStack extends Stack {
  readonly ingestion: UserIngestion;

  /** @throws SettingError for a prop out of its limits, or props that cannot work together */
  constructor(scope: Construct, id: string, props: PersonalizeUsersStackProps) {
    checkSettings(props);
    super(scope, id, { description: DESCRIPTION, ...props, env: placeOf(props.datasetArn) });
    this.ingestion = new UserIngestion(this, 'Users', props);
    for (const arn of props.producerPrincipalArns ?? []) this.ingestion.grantSend(new ArnPrincipal(arn));
    addOutputs(this, this.ingestion);
  }
}

const DESCRIPTION = 'Keeps an Amazon Personalize Users dataset up to date with the users that are sent to a queue.';

function addOutputs(stack: Stack, { queue, deadLetterQueue, function: fn }: UserIngestion): void {
  output(stack, 'QueueUrl', queue.queueUrl, 'Where producers send users to.');
  output(stack, 'QueueArn', queue.queueArn, 'What producers in other accounts are to be allowed to send to.');
  output(stack, 'DeadLetterQueueUrl', deadLetterQueue.queueUrl, 'Where users are that could not be delivered.');
  output(stack, 'DeadLetterQueueArn', deadLetterQueue.queueArn, 'What an alarm is to watch, and a replay to read.');
  output(stack, 'FunctionName', fn.functionName, 'What puts users into the dataset.');
}

function output(stack: Stack, name: string, value: string, description: string): void {
  new CfnOutput(stack, name, { value, description });
}
