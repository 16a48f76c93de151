/** Looks the embedded world over, as far as it has what a stack has. */
import { DescribeTableCommand } from '@aws-sdk/client-dynamodb';
import { getJson } from '../../aws/connections/get-json.ts';
import { reached } from '../aws/reached.ts';
import { dynamoDbOf } from '../dynamo-db.ts';
import type { LocalTarget } from '../target.ts';
import { START_WORLD_AGAIN } from '../world-hints.ts';
import { checkOrderTable, ORDER_TABLE } from './checks/order-table.ts';
import { checkDeadLetterQueue, checkUsersQueue, DEAD_LETTER_QUEUE, USERS_QUEUE } from './checks/queues.ts';
import { type Finding, failed, findingOf } from './finding.ts';
import { queueAttributes } from './read-resources.ts';
import { judged, readingOf } from './reading.ts';

export async function examineWorld(target: LocalTarget, signal: AbortSignal): Promise<readonly Finding[]> {
  const { sqs, queueUrl, deadLetterQueueUrl, deadLetterQueueArn, settings } = target;
  const gone = failed('It is gone.', START_WORLD_AGAIN);
  const [users, letters] = await Promise.all([
    readingOf(queueAttributes(sqs, queueUrl)),
    readingOf(queueAttributes(sqs, deadLetterQueueUrl)),
  ]);
  return [
    findingOf('World', [], `It runs, with the settings of this version, in ${target.region}.`),
    judged(USERS_QUEUE, users, gone, (value) =>
      checkUsersQueue(value, { ...settings, url: queueUrl, deadLetterQueueArn, isProtected: false }),
    ),
    judged(DEAD_LETTER_QUEUE, letters, gone, (value) =>
      checkDeadLetterQueue(value, { url: deadLetterQueueUrl, isProtected: false }),
    ),
    await putUsersFinding(target, signal),
    ...(await tableFindings(target)),
  ];
}

async function putUsersFinding({ putUsersEndpoint }: LocalTarget, signal: AbortSignal): Promise<Finding> {
  const check = 'Dataset';
  try {
    const { usersStored } = (await getJson(new URL('/_local/statistics', putUsersEndpoint), signal)) as {
      usersStored?: number;
    };
    return findingOf(check, [], `PutUsers answers, and has taken ${usersStored ?? 0} users.`);
  } catch {
    signal.throwIfAborted();
    return findingOf(check, [failed(`PutUsers does not answer at ${putUsersEndpoint}.`, START_WORLD_AGAIN)], '');
  }
}

async function tableFindings(target: LocalTarget): Promise<readonly Finding[]> {
  const { orderTable } = target.settings;
  if (orderTable === undefined) return [];
  const client = reached(dynamoDbOf(target));
  try {
    const reading = await readingOf(client.send(new DescribeTableCommand({ TableName: orderTable })));
    return [
      judged(
        ORDER_TABLE,
        reading,
        failed(`The table ${orderTable} is gone: nothing is delivered.`, START_WORLD_AGAIN),
        (value) => checkOrderTable({ name: orderTable, status: value.Table?.TableStatus, timeToLive: undefined }),
      ),
    ];
  } finally {
    client.destroy();
  }
}
