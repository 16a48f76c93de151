/**
 * Lambda's event source mapping for SQS: pollers that gather messages into batches, invoke the function with each and
 * delete what it dealt with.
 */
import type { InvocationResult } from '../lambda/invocation-result.ts';
import { type BatchVerdict, failedBatch, judgeBatch } from './batch-verdict.ts';
import { type Clock, REAL_CLOCK } from './clock.ts';
import { gatherBatch } from './gather.ts';
import type { EventSourceMappingObserver } from './observer.ts';
import type { PolledQueue } from './polled-queue.ts';
import type { EventSourceMappingSettings } from './settings.ts';
import type { SqsEvent, SqsRecord } from './sqs-event.ts';

/** How often the server is asked to answer receives while the mapping stops, in milliseconds: one may have just begun. */
const ANSWER_INTERVAL = 20;

export interface EventSourceMappingOptions {
  readonly queue: PolledQueue;
  readonly settings: EventSourceMappingSettings;
  /** Invokes the function. When it throws, the batch has failed. */
  readonly invoke: (event: SqsEvent) => Promise<InvocationResult>;
  /** @default nobody */
  readonly observer?: EventSourceMappingObserver | undefined;
  /** @default the machine's */
  readonly clock?: Clock | undefined;
  /** The largest event in bytes of JSON. @default Lambda's, 6 MiB */
  readonly payloadBytes?: number | undefined;
}

export interface EventSourceMapping {
  /**
   * Stops receiving. What has been received is still given to the function, without waiting for a window to pass;
   * resolves when that has ended. Everything else stays in the queue.
   */
  stop(): Promise<void>;
}

/** Starts a mapping, with as many pollers as there may be invocations at a time: each waits for its own to end. */
export function startEventSourceMapping(options: EventSourceMappingOptions): EventSourceMapping {
  const stops = Array.from({ length: options.settings.maximumConcurrency }, () => new AbortController());
  const ended = Promise.all(stops.map(({ signal }) => poll(options, signal)));
  return {
    stop: async () => {
      for (const stop of stops) stop.abort();
      const answering = setInterval(() => options.queue.answerLongPolls(), ANSWER_INTERVAL);
      await ended.finally(() => clearInterval(answering));
    },
  };
}

async function poll(options: EventSourceMappingOptions, stopping: AbortSignal): Promise<void> {
  const { queue, settings, observer, payloadBytes, clock = REAL_CLOCK } = options;
  const onError = (error: Error) => observer?.onReceiveError?.(error);
  const receive = queue.createReceiver({ clock, stopping, onError });
  const gatherOptions = { ...settings, payloadBytes, receive, clock, stopping };
  let surplus: readonly SqsRecord[] = [];
  while (!stopping.aborted || surplus.length > 0) {
    const batch = await gatherBatch(surplus, gatherOptions);
    surplus = batch.surplus;
    if (batch.records.length > 0) await settle(batch.records, options, clock);
  }
}

/** Invokes the function with a batch, and deletes what it dealt with. */
async function settle(
  records: readonly SqsRecord[],
  { queue, settings, invoke, observer }: EventSourceMappingOptions,
  clock: Clock,
): Promise<void> {
  const messageIds = records.map(({ messageId }) => messageId);
  const startedAt = clock.now();
  let verdict: BatchVerdict;
  try {
    verdict = judgeBatch(await invoke({ Records: records }), messageIds, settings.reportsBatchItemFailures);
  } catch (error) {
    verdict = failedBatch(messageIds, String(error));
  }
  const durationInMilliseconds = clock.now() - startedAt;
  const undeleted = await queue.deleteMessages(recordsToDelete(records, verdict));
  observer?.onBatch?.({ records, verdict, undeleted, durationInMilliseconds });
}

function recordsToDelete(records: readonly SqsRecord[], verdict: BatchVerdict): readonly SqsRecord[] {
  if (verdict.kind === 'failed') return [];
  const deleted = new Set(verdict.deleted);
  return records.filter(({ messageId }) => deleted.has(messageId));
}
