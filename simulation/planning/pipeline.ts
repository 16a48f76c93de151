/** This project's function in the simulation: the real core, put together as lambda/create-handler.ts does. */

import type { SQSRecord } from 'aws-lambda';
import type { DatasetRules } from '../../contract/dataset/admission.ts';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../../contract/dataset/put-users-limits.ts';
import { readUsersSchema } from '../../contract/dataset/read-users-schema.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { toBatchResponse, toMessage } from '../../lambda/aws/event.ts';
import { createIngest } from '../../lambda/core/ingest.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import type { SimulatedFunction } from './simulated-function.ts';
import { SCHEMA } from './users.ts';

/** Makes the function of a deployment that knows the dataset's schema, or does not. */
function createPipeline(dataset?: DatasetRules): SimulatedFunction {
  return ({ sizing, ...ports }) => {
    const ingest = createIngest(
      ports,
      createPacer({ callsPerSecond: sizing.requestsPerSecond / sizing.maxConcurrency }, ports.clock),
      createMessageReader({ maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH, dataset }),
      {
        maxReceiveCount: sizing.maxReceiveCount,
        backoff: { baseInSeconds: sizing.backoffBaseInSeconds, maxInSeconds: sizing.backoffMaxInSeconds },
      },
    );
    return async ({ Records }, invocation) => {
      const messages = Records.map((record) => toMessage(record as unknown as SQSRecord));
      return toBatchResponse((await ingest(messages, invocation)).failedMessageIds);
    };
  };
}

/** Without a schema. */
export const pipeline = createPipeline();

/** With the schema that the users of a simulation follow. */
export const pipelineWithSchema = createPipeline({ schema: readUsersSchema(JSON.stringify(SCHEMA)) });
