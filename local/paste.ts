/** Commands for a terminal, ready to paste, that speak to the embedded world. */
import type { Endpoints } from '../contract/deployment/world-file.ts';

/**
 * The product's own commands, and then those of the AWS CLI; each is one line, and short. Not all versions of that CLI
 * know AWS_ENDPOINT_URL_SQS: 1.45 does not.
 */
export function renderCommands(at: Endpoints): string {
  const fifo = at.queueUrl.endsWith('.fifo')
    ? ' --message-group-id user-0042 --message-deduplication-id "$(date +%s%N)"'
    : '';
  const send = (body: string) =>
    `aws --endpoint-url $SQS sqs send-message --queue-url $USERS_QUEUE${fifo} --message-body '${body}'`;
  return `
  SQS               ${at.sqs}
  PutUsers          ${at.putUsers}
  Users queue       ${at.queueUrl}
  Dead-letter queue ${at.deadLetterQueueUrl}

  In another terminal, in this folder:

npx personalize-users send samples/users.jsonl --local
npx personalize-users status --watch --local
npx personalize-users dlq list --local
npx personalize-users dlq replay --local

  A user as the dataset has it:

curl ${at.putUsers}/_local/users/user-0042

  The AWS CLI. First of all (nothing here looks at credentials, but it wants some):

export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
export AWS_DEFAULT_REGION=${at.region}
SQS=${at.sqs}
PUT_USERS=${at.putUsers}
USERS_QUEUE=${at.queueUrl}
LETTERS_QUEUE=${at.deadLetterQueueUrl}

  Send a message, and one that will be rejected; then read the dead-letter queue, and call PutUsers itself:

${send('{"userId": "user-0042", "properties": {"age": 31}}')}
${send('{"userId": ""}')}
aws --endpoint-url $SQS sqs receive-message --queue-url $LETTERS_QUEUE --message-attribute-names All --visibility-timeout 0
aws --endpoint-url $PUT_USERS personalize-events put-users --dataset-arn ${at.datasetArn} --users '[{"userId": "user-0043"}]'
`;
}
