/** This project's function in the simulation: the real core, put together as lambda/create-handler.ts does. */

import type { SQSRecord } from 'aws-lambda';
import { DEFAULT_MAX_PROPERTIES_LENGTH } from '../../contract/dataset/put-users-limits.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { toBatchResponse, toMessage } from '../../lambda/aws/event.ts';
import { createIngest } from '../../lambda/core/ingest.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import type { SimulatedFunction } from './simulated-function.ts';

export const pipeline: SimulatedFunction = ({ sizing, ...ports }) => {
  const ingest = createIngest(
    ports,
    createPacer({ callsPerSecond: sizing.requestsPerSecond / sizing.maxConcurrency }, ports.clock),
    createMessageReader({ maxPropertiesLength: DEFAULT_MAX_PROPERTIES_LENGTH }),
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
