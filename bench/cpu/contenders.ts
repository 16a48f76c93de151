/** What is measured: the function's own way with a batch, and the least that any way has to do. */

import type { SQSEvent } from 'aws-lambda';
import type { DatasetRules } from '../../contract/dataset/admission.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH, USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';
import { readUsersSchema } from '../../contract/dataset/read-users-schema.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import { toBatchResponse, toMessage } from '../../lambda/aws/event.ts';
import { createIngest } from '../../lambda/core/ingest.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import type { Clock } from '../../lambda/core/ports.ts';
import { EVENT_SCHEMA } from '../event.ts';

/** Handles an event, and says how many users were in its calls. */
export type Contender = (event: SQSEvent) => Promise<number>;

/** Takes the users of a call. */
type Call = (users: readonly UserRecord[]) => void;

/** Makes a contender. Unless it is told otherwise, it writes each call as the SDK does, and does no more about it. */
export const CONTENDERS = {
  pipeline: (call: Call = writeCall) => createPipeline(call),
  /** The pipeline of a deployment that knows the dataset's schema. */
  withSchema: (call: Call = writeCall) => createPipeline(call, { schema: readUsersSchema(EVENT_SCHEMA) }),
  floor: (call: Call = writeCall) => createFloor(call),
};

export type ContenderName = keyof typeof CONTENDERS;

const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/videos/USERS';

/** The real core. Its PutUsers returns at once, and its clock passes without anybody waiting. */
function createPipeline(call: Call, dataset?: DatasetRules): Contender {
  const clock = createPassingClock();
  let called = 0;
  const ingest = createIngest(
    {
      putUsers: async (users) => {
        call(users);
        called += users.length;
      },
      sendDeadLetters: async () => [],
      changeVisibility: async () => [],
      clock,
      wallClock: clock.now,
      random: Math.random,
    },
    createPacer({ callsPerSecond: 5 }, clock),
    createMessageReader({ maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH, dataset }),
    { maxReceiveCount: 10, backoff: { baseInSeconds: 2, maxInSeconds: 900 } },
  );
  return async ({ Records }) => {
    called = 0;
    const { failedMessageIds } = await ingest(Records.map(toMessage), {
      requestId: 'benchmark',
      endsAt: Number.MAX_SAFE_INTEGER,
    });
    if (toBatchResponse(failedMessageIds).batchItemFailures.length > 0) throw new Error('a message failed');
    return called;
  };
}

/** `JSON.parse` of the bodies and `JSON.stringify` of the calls. */
function createFloor(call: Call): Contender {
  return async ({ Records }) => {
    const users = Records.flatMap(({ body }) => {
      const message = JSON.parse(body);
      return message.users ?? message;
    });
    for (let at = 0; at < users.length; at += USERS_PER_CALL) {
      call(
        users
          .slice(at, at + USERS_PER_CALL)
          .map(({ userId, properties }) => ({ userId, properties: JSON.stringify(properties) })),
      );
    }
    return users.length;
  };
}

function writeCall(users: readonly UserRecord[]): string {
  return JSON.stringify({ datasetArn: DATASET_ARN, users });
}

function createPassingClock(): Clock {
  let now = 1_767_225_700_000;
  return {
    now: () => now,
    sleep: async (milliseconds) => {
      now += milliseconds;
    },
  };
}
