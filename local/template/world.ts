/** What the local world is that a template is read for. */
export interface World {
  /** Such as `eu-west-1`. */
  readonly region: string;
  /** 12 digits. */
  readonly accountId: string;
  /** What a queue's URL is; `Ref` of a queue. */
  queueUrl(queueName: string): string;
  /** What a queue's ARN is. */
  queueArn(queueName: string): string;
  /** Values for the template's parameters. @default each parameter's own default */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
}

/** What the pseudo parameters stand for in the world of a stack. The world is in the partition `aws`. */
export function pseudoParameters({ region, accountId }: World, stackName: string): Readonly<Record<string, string>> {
  return {
    'AWS::AccountId': accountId,
    'AWS::Partition': 'aws',
    'AWS::Region': region,
    'AWS::StackId': `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}/local`,
    'AWS::StackName': stackName,
    'AWS::URLSuffix': 'amazonaws.com',
  };
}
