/** A queue, its dead-letter queue and a mapping over real sockets; the function is whatever a test invokes. */
import {
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { createSqsClient } from '../../../aws/sqs/local-sqs-client.ts';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../../local/event-source-mapping/event-source-mapping.ts';
import type { BatchReport } from '../../../local/event-source-mapping/observer.ts';
import type { PolledQueue } from '../../../local/event-source-mapping/polled-queue.ts';
import type { EventSourceMappingSettings } from '../../../local/event-source-mapping/settings.ts';
import { sqsQueue } from '../../../local/event-source-mapping/sqs-queue.ts';
import type { InvocationResult } from '../../../local/lambda/invocation-result.ts';
import { type LocalSqs, startLocalSqs } from '../../../local/sqs/local-sqs.ts';

export interface TestWorld {
  readonly sqs: LocalSqs;
  readonly client: SQSClient;
  /** Creates the queue that messages are sent to, with a visibility timeout of one second unless told otherwise. */
  createQueue(name: string, attributes?: Readonly<Record<string, string>>): Promise<void>;
  send(body: string, more?: Partial<SendMessageCommandInput>): Promise<void>;
  /** Sends messages in one request for ten, so that they are there together. */
  sendMany(bodies: readonly string[], more?: (body: string) => Partial<SendMessageBatchRequestEntry>): Promise<void>;
  /** Starts a mapping of batches of ten, without a window, that heeds responses, one at a time. */
  startMapping(
    invoke: EventSourceMappingOptions['invoke'],
    settings?: Partial<EventSourceMappingSettings>,
    options?: Partial<EventSourceMappingOptions>,
  ): EventSourceMapping;
  /** What the mapping has reported. */
  readonly reports: readonly BatchReport[];
  /** Resolves when the reports satisfy the condition. */
  reported(condition: (reports: readonly BatchReport[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startTestWorld(): Promise<TestWorld> {
  const sqs = await startLocalSqs({ region: 'eu-central-1' });
  const client = createSqsClient(sqs);
  const mappings: EventSourceMapping[] = [];
  const reports: BatchReport[] = [];
  const waiting = new Set<() => void>();
  let queueName = '';

  return {
    sqs,
    client,
    createQueue: async (name, attributes = {}) => {
      await sqs.createQueue({ name, attributes: { VisibilityTimeout: '1', ...attributes } });
      queueName = name;
    },
    send: async (body, more = {}) => {
      await client.send(new SendMessageCommand({ QueueUrl: sqs.queueUrl(queueName), MessageBody: body, ...more }));
    },
    sendMany: async (bodies, more = () => ({})) => {
      for (let start = 0; start < bodies.length; start += 10) {
        const Entries = bodies
          .slice(start, start + 10)
          .map((body, index) => ({ Id: String(index), MessageBody: body, ...more(body) }));
        await client.send(new SendMessageBatchCommand({ QueueUrl: sqs.queueUrl(queueName), Entries }));
      }
    },
    startMapping: (invoke, settings = {}, options = {}) => {
      const mapping = startEventSourceMapping({
        queue: polledQueue(sqs, client, queueName),
        settings: {
          batchSize: 10,
          batchingWindowInSeconds: 0,
          maximumConcurrency: 1,
          reportsBatchItemFailures: true,
          ...settings,
        },
        invoke,
        ...options,
        observer: {
          ...options.observer,
          onBatch: (report) => {
            reports.push(report);
            for (const check of waiting) check();
          },
        },
      });
      mappings.push(mapping);
      return mapping;
    },
    reports,
    reported: (condition) =>
      new Promise((resolve) => {
        const check = () => {
          if (!condition(reports)) return;
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
        check();
      }),
    stop: async () => {
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      client.destroy();
      await sqs.stop();
    },
  };
}

export function polledQueue(sqs: LocalSqs, client: SQSClient, name: string): PolledQueue {
  const queue = { url: sqs.queueUrl(name), arn: sqs.queueArn(name), answerLongPolls: () => sqs.answerLongPolls(name) };
  return sqsQueue(client, queue);
}

/** How many messages were deleted. */
export function deletedCount(reports: readonly BatchReport[]): number {
  return reports.reduce((count, { verdict }) => count + (verdict.kind === 'failed' ? 0 : verdict.deleted.length), 0);
}

export function success(payload?: unknown): InvocationResult {
  return { kind: 'success', requestId: 'request-1', payload };
}

/** The response that names messages as failed. */
export function failures(messageIds: readonly string[]): object {
  return { batchItemFailures: messageIds.map((itemIdentifier) => ({ itemIdentifier })) };
}
