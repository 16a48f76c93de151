/** Sends one batch, until each of its messages is in the queue or refused by it. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BatchResultErrorEntry,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { classify } from '../aws/classify-error.ts';
import { ProxyError } from '../aws/connections/proxies.ts';
import { timeLimit } from '../aws/time-limit.ts';
import type { Reason } from '../contract/message/reason.ts';
import { backoffInMilliseconds } from './backoff.ts';

/** What became of a message. */
export type MessageOutcome =
  | { readonly kind: 'sent'; readonly messageId: string }
  | { readonly kind: 'refused'; readonly reason: Reason };

/** Where and how batches are sent. */
export interface Sending {
  readonly client: SQSClient;
  readonly queueUrl: string;
  /** The message group of all messages, on a standard queue. @default none: each message is a source of its own */
  readonly source?: string | undefined;
  /** Attempts for an entry, at most. The SDK's own attempts, of a request as a whole, come on top. */
  readonly maxAttempts: number;
  /**
   * When it is aborted, nothing more is begun; what is on its way is brought to its end, without long waits and many
   * attempts.
   *
   * @default nothing is cut short
   */
  readonly signal?: AbortSignal | undefined;
}

/** A message as SendMessageBatch takes it, but for the id of the entry. */
export type Entry = Omit<SendMessageBatchRequestEntry, 'Id'>;

/** A request that has no answer after this long, in milliseconds, is taken to have failed. */
const REQUEST_TIMEOUT_IN_MILLISECONDS = 60_000;

/** Attempts that a batch still has once it is to end. */
const MAX_LAST_ATTEMPTS = 5;

/** The wait between those, in milliseconds. */
const LAST_PAUSE_IN_MILLISECONDS = 100;

/**
 * Sends messages in one call, and again those that failed: at most once too often, never once too seldom.
 *
 * @returns what became of each, in their order
 * @throws what the last attempt failed with, when attempts have run out or another would not help; then it is unknown
 * which of the messages are in the queue
 */
export async function sendBatch(entries: readonly Entry[], sending: Sending): Promise<readonly MessageOutcome[]> {
  if (entries.length === 0) return [];
  const outcomes: MessageOutcome[] = [];
  let left = entries.map((entry, index) => ({ ...entry, Id: String(index) }));
  let lastAttempts = 0;
  for (let attempt = 1; ; attempt++) {
    const { settled, failure } = await attemptToSend(left, sending);
    for (const [id, outcome] of settled) outcomes[Number(id)] = outcome;
    left = left.filter(({ Id }) => !settled.has(Id));
    if (left.length === 0) return outcomes;
    if (sending.signal?.aborted) lastAttempts++;
    const isLast = attempt >= sending.maxAttempts || lastAttempts >= MAX_LAST_ATTEMPTS;
    if (isLast || !isWorthRepeating(failure)) throw failure;
    await pause(attempt, sending.signal);
  }
}

/** Waits before the next attempt; not long once it is to end. */
async function pause(attempt: number, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) return sleep(LAST_PAUSE_IN_MILLISECONDS);
  const wait = backoffInMilliseconds(attempt, Math.random);
  // It only ever rejects when it is cut short.
  await sleep(wait, undefined, signal && { signal }).catch(() => {});
}

interface Attempt {
  readonly settled: ReadonlyMap<string, MessageOutcome>;
  /** Why the others are not settled. */
  readonly failure: unknown;
}

async function attemptToSend(Entries: SendMessageBatchRequestEntry[], sending: Sending): Promise<Attempt> {
  const limit = timeLimit(REQUEST_TIMEOUT_IN_MILLISECONDS);
  try {
    const { Successful = [], Failed = [] } = await sending.client.send(
      new SendMessageBatchCommand({ QueueUrl: sending.queueUrl, Entries }),
      { abortSignal: limit.signal },
    );
    const settled = new Map<string, MessageOutcome>();
    for (const { Id, MessageId } of Successful) settled.set(Id!, { kind: 'sent', messageId: MessageId! });
    let failure: unknown = new EntryError({ Code: 'NotConfirmed', SenderFault: false });
    for (const entry of Failed) {
      const error = new EntryError(entry);
      if (isRefusal(error)) settled.set(entry.Id!, { kind: 'refused', reason: reasonOf(error) });
      else failure = error;
    }
    return { settled, failure };
  } catch (error) {
    return { settled: new Map(), failure: limit.explain(error) };
  }
}

/** A single entry failed, of a call that went well. It looks like an error of the SDK, so that it can be judged as one. */
class EntryError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor({ Code = 'Unknown', Message, SenderFault }: Omit<BatchResultErrorEntry, 'Id'>) {
    super(Message ?? Code);
    this.name = Code;
    this.$metadata = { httpStatusCode: SenderFault ? 400 : 500 };
  }
}

/** Whether the message is at fault, and not the queue, its key or the network. */
function isRefusal(error: EntryError): boolean {
  return !/^kms/i.test(error.name) && classify(error).kind === 'rejected';
}

function isWorthRepeating(failure: unknown): boolean {
  if (failure instanceof ProxyError && (failure.refusedWith ?? 500) < 500) return false;
  const classified = classify(failure);
  return classified.kind === 'transient' && classified.cause !== 'deployment';
}

function reasonOf({ name, message }: EntryError): Reason {
  return { code: name, message: `the queue refused it: ${message}` };
}
