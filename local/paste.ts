/** Commands for a terminal, ready to paste, that speak to the embedded world. */
import type { Endpoints } from '../contract/deployment/world-file.ts';

/** The endpoints, and a command of one line for each thing that one wants to try first. */
export function renderCommands(at: Endpoints): string {
  const sqs = `aws --endpoint-url ${at.sqs} sqs`;
  const fifo = at.queueUrl.endsWith('.fifo')
    ? ' --message-group-id user-0042 --message-deduplication-id "$(date +%s%N)"'
    : '';
  const send = (body: string) => `${sqs} send-message --queue-url ${at.queueUrl}${fifo} --message-body '${body}'`;
  return `
  SQS               ${at.sqs}
  PutUsers          ${at.putUsers}
  Users queue       ${at.queueUrl}
  Dead-letter queue ${at.deadLetterQueueUrl}

  In another terminal, first of all (nothing here looks at credentials, but the AWS CLI wants some):
export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local AWS_REGION=${at.region} AWS_DEFAULT_REGION=${at.region}

  Send a message, and ask the dataset for the user about a second later:
${send('{"userId": "user-0042", "properties": {"age": 31}}')}
curl ${at.putUsers}/_local/users/user-0042

  Send one that will be rejected, and read the dead-letter queue:
${send('{"userId": ""}')}
${sqs} receive-message --queue-url ${at.deadLetterQueueUrl} --message-attribute-names All --visibility-timeout 0

  Call PutUsers itself:
aws --endpoint-url ${at.putUsers} personalize-events put-users --dataset-arn ${at.datasetArn} --users '[{"userId": "user-0043"}]'
`;
}
