/** Letters that were received and are not to be received again for now. They are kept hidden, and given back at the end. */
import {
  ChangeMessageVisibilityBatchCommand,
  type ChangeMessageVisibilityBatchRequestEntry,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import pMap from 'p-map';
import { packBatches, SQS_CALLS_AT_A_TIME } from '../../aws/sqs/batches.ts';
import type { Letter } from '../../aws/sqs/letter.ts';

/** What a letter is held by. */
export type Receipt = Pick<Letter, 'messageId' | 'receiptHandle'>;

/**
 * How long letters stay hidden when nobody gives them back, in seconds: for so long after this process was killed. They
 * are hidden anew in time while it runs.
 */
export const HIDDEN_IN_SECONDS = 120;

export interface HeldLetters {
  readonly size: number;
  has(messageId: string): boolean;
  /** Begins to hold a letter that was just received, or holds it by its newer receipt. */
  hold(letter: Receipt): void;
  /** The newest receipt of a letter: only by that one can it be deleted. */
  receiptHandleOf(letter: Receipt): string;
  /** Stops to hold a letter without making it visible. */
  forget(letter: Receipt): void;
  /**
   * Makes all of them visible again and stops to keep them hidden.
   *
   * @returns how many could not be made visible; they are by themselves within `hiddenInSeconds`
   */
  giveBack(): Promise<number>;
}

interface Held {
  receiptHandle: string;
  visibleAt: number;
}

/**
 * Makes a holder for the letters of one queue. Whoever makes it calls `giveBack`, whatever happens.
 *
 * @param hiddenInSeconds - for how long they were received, and are hidden anew
 */
export function holdLetters(sqs: SQSClient, queueUrl: string, hiddenInSeconds = HIDDEN_IN_SECONDS): HeldLetters {
  const held = new Map<string, Held>();
  const inTime = () => performance.now() + hiddenInSeconds * 1000;
  const renewal = setInterval(() => void renewDue(), (hiddenInSeconds * 1000) / 4);
  renewal.unref();

  async function renewDue(): Promise<void> {
    const soon = performance.now() + (hiddenInSeconds * 1000) / 2;
    const due = [...held.values()].filter(({ visibleAt }) => visibleAt < soon);
    for (const letter of due) letter.visibleAt = inTime();
    // Where it fails, the letter is received again, and held again.
    await changeVisibility(sqs, queueUrl, due, hiddenInSeconds);
  }

  return {
    get size() {
      return held.size;
    },
    has: (messageId) => held.has(messageId),
    hold: ({ messageId, receiptHandle }) => held.set(messageId, { receiptHandle, visibleAt: inTime() }),
    receiptHandleOf: ({ messageId, receiptHandle }) => held.get(messageId)?.receiptHandle ?? receiptHandle,
    forget: ({ messageId }) => held.delete(messageId),
    giveBack: () => {
      clearInterval(renewal);
      return changeVisibility(sqs, queueUrl, [...held.values()], 0);
    },
  };
}

/** @returns how many it did not work for, though they may still be hidden */
async function changeVisibility(
  sqs: SQSClient,
  queueUrl: string,
  letters: readonly Held[],
  timeoutInSeconds: number,
): Promise<number> {
  const failures = await pMap(
    packBatches(letters),
    async (batch) => {
      const Entries = batch.map(({ receiptHandle }, index): ChangeMessageVisibilityBatchRequestEntry => {
        return { Id: String(index), ReceiptHandle: receiptHandle, VisibilityTimeout: timeoutInSeconds };
      });
      try {
        const { Failed = [] } = await sqs.send(
          new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }),
        );
        return Failed.filter(({ Code }) => !NO_LONGER_HIDDEN.test(Code ?? '')).length;
      } catch {
        return batch.length;
      }
    },
    { concurrency: SQS_CALLS_AT_A_TIME },
  );
  return failures.reduce((total, count) => total + count, 0);
}

/** The letter is visible already, or gone. Source: SQS API reference, ChangeMessageVisibility. */
const NO_LONGER_HIDDEN = /MessageNotInflight|ReceiptHandleIsInvalid|InvalidParameterValue/;
