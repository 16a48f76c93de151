/** Commands for a terminal, ready to paste, that speak to the embedded world. */

export interface Endpoints {
  readonly region: string;
  readonly sqs: string;
  readonly putUsers: string;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly datasetArn: string;
}

/** The endpoints, and a command for each thing that one wants to try first. */
export function renderCommands(at: Endpoints): string {
  const aws = `AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local aws --region ${at.region}`;
  const sqs = `${aws} --endpoint-url ${at.sqs} sqs`;
  const fifo = at.queueUrl.endsWith('.fifo')
    ? ' \\\n    --message-group-id user-0042 --message-deduplication-id "$(date +%s%N)"'
    : '';
  return `
  SQS               ${at.sqs}
  PutUsers          ${at.putUsers}
  Users queue       ${at.queueUrl}
  Dead-letter queue ${at.deadLetterQueueUrl}

  Send a message:
    ${sqs} send-message --queue-url ${at.queueUrl} \\
    --message-body '{"userId": "user-0042", "properties": {"age": 31, "membershipType": "Premium"}}'${fifo}

  Ask for the user:
    curl ${at.putUsers}/_local/users/user-0042

  Send one that will be rejected:
    ${sqs} send-message --queue-url ${at.queueUrl} --message-body '{"userId": ""}'${fifo}

  Read the dead-letter queue:
    ${sqs} receive-message --queue-url ${at.deadLetterQueueUrl} \\
    --message-attribute-names All --visibility-timeout 0

  Call PutUsers itself:
    ${aws} --endpoint-url ${at.putUsers} personalize-events put-users \\
    --dataset-arn ${at.datasetArn} --users '[{"userId": "user-0043"}]'
`;
}
