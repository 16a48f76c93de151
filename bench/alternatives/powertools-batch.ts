/**
 * The batch utility of Powertools for AWS Lambda, with a record handler that calls PutUsers: all records of a batch at once.
 * Source: Powertools for AWS Lambda (TypeScript) docs, batch processing of SQS.
 */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { SimulatedFunction } from '../../simulation/planning/simulated-function.ts';
import { withSdkRetries } from './sdk-retries.ts';

export const powertoolsBatch: SimulatedFunction = (surroundings) => {
  const putUsers = withSdkRetries(surroundings.putUsers, surroundings);
  const processor = new BatchProcessor(EventType.SQS);
  const recordHandler = async ({ body }: SQSRecord) => {
    const { userId, properties } = JSON.parse(body);
    await putUsers([{ userId, properties: JSON.stringify(properties) }], { timeoutInMilliseconds: 5_000 });
  };
  return (event) =>
    processPartialResponse(event as unknown as SQSEvent, recordHandler, processor, { throwOnFullBatchFailure: false });
};
