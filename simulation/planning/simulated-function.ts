/** What can be simulated: anything that takes batches from the queue and calls PutUsers. */
import type { SQSBatchResponse } from 'aws-lambda';
import type { Ports } from '../../lambda/core/ports.ts';
import type { Sizing } from '../../lib/sizing.ts';
import type { SqsEvent } from '../../local/event-source-mapping/sqs-event.ts';

/** The world of one environment. */
export interface Surroundings extends Ports {
  readonly sizing: Sizing;
}

/** What an invocation brings along. */
export interface InvocationContext {
  readonly requestId: string;
  /** When it is cut off, in virtual milliseconds. */
  readonly endsAt: number;
}

/** Handles a batch. When it throws, the batch has failed. */
export type Handler = (event: SqsEvent, context: InvocationContext) => Promise<SQSBatchResponse | undefined>;

/** Makes the handler of a new environment, as importing its module does under Lambda. */
export type SimulatedFunction = (surroundings: Surroundings) => Handler;
