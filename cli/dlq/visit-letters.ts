/**
 * Goes through the dead-letter queue once. SQS has no way to look at a message without receiving it, so that is done:
 * each letter is held until the end of the visit, lest it come round again, and is then made visible again, unless it
 * was removed. Memory is needed for the letters that are held, not for their bodies.
 */

import { setTimeout as sleep } from 'node:timers/promises';
import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { packBatches } from '../../aws/sqs/batches.ts';
import { type Letter, readLetter, SYSTEM_ATTRIBUTES, type UnreadableLetter } from '../../aws/sqs/letter.ts';
import { ENTRIES_PER_SQS_BATCH } from '../../aws/sqs/limits.ts';
import { type QueueDepth, queueDepth } from '../aws/queue-depth.ts';
import { type HeldLetters, HIDDEN_IN_SECONDS, holdLetters } from './held-letters.ts';

/** Letters that a visit holds, at most. SQS lets 120,000 be in flight. Source: SQS developer guide, quotas. */
export const MOST_HELD = 100_000;

/** Where dead letters are. */
export interface LetterQueue {
  readonly sqs: SQSClient;
  readonly url: string;
  readonly fifo: boolean;
}

/** Deletes letters from the queue, and returns those that are known to be gone. */
export type RemoveLetters = (letters: readonly Letter[]) => Promise<ReadonlySet<Letter>>;

export interface VisitOptions {
  /**
   * Is given the letters of one receive that are new to this visit and can be read, at most ten; and, in the order in which
   * they were received, those together with the ones that cannot. What it does not remove is held. A promise is waited for;
   * when it throws, the visit ends.
   */
  readonly handle: (
    letters: readonly Letter[],
    remove: RemoveLetters,
    received: readonly (Letter | UnreadableLetter)[],
  ) => unknown;
  /** Whether the visit may end before it has come through. It is asked before each receive. @default never */
  readonly isEnough?: () => boolean;
  /** Ends the visit in good order. */
  readonly signal?: AbortSignal | undefined;
  /** Letters that are held, at most; then the visit ends. @default 100,000 */
  readonly mostHeld?: number;
  /** Receives at a time, at most. @default 10 */
  readonly receivers?: number;
  /** For how long letters stay hidden if this process is killed, in whole seconds. @default 120 */
  readonly hiddenInSeconds?: number;
}

/** What a visit came to. */
export interface Visit {
  /** Letters that were seen, each counted once. */
  readonly seen: number;
  readonly removed: number;
  /** Letters that were to be removed and are still there. */
  readonly notRemoved: number;
  /** `through`: there was nothing more to receive. */
  readonly end: 'through' | 'enough' | 'tooManyHeld' | 'interrupted';
  /**
   * About how many letters were not seen: those that come after the end; those that somebody else took, or that were in
   * a reply that was lost; and those of a FIFO queue that stand behind ones that are held, for SQS gives ten of a message
   * group, and no more before those are gone.
   */
  readonly unseen: number;
  /** About how many letters somebody else had received when the visit began, and were not seen since. */
  readonly hiddenByOthers: number;
  /** Letters that could not be made visible again, and will be by themselves within two minutes. */
  readonly stillHidden: number;
  /** Letters that were seen, but could not be read. Nothing was done with them. */
  readonly unreadable: readonly UnreadableLetter[];
}

/** Goes through the queue. Throws what an SQS call or `handle` throws, after all letters were given back. */
export async function visitLetters(queue: LetterQueue, options: VisitOptions): Promise<Visit> {
  const before = await queueDepth(queue.sqs, queue.url);
  const held = holdLetters(queue.sqs, queue.url, options.hiddenInSeconds);
  const visit = startVisit(queue, options, held, before);
  const receiving = Array.from({ length: receiversFor(before, options) }, () => visit.receiveAll());
  const failure = (await Promise.allSettled(receiving)).find(({ status }) => status === 'rejected');
  const end = visit.end();
  const counting = failure ? 0 : countUnseen(queue, end, before.visible - visit.counts().seen);
  const [unseen] = await Promise.allSettled([counting]);
  const stillHidden = await held.giveBack();
  if (failure) throw (failure as PromiseRejectedResult).reason;
  if (unseen.status === 'rejected') throw unseen.reason;
  return {
    ...visit.counts(),
    end,
    unseen: unseen.value,
    hiddenByOthers: stillWithOthers(before, visit.counts().seen),
    stillHidden,
  };
}

/** What was seen beyond those that were visible had been hidden, and came back meanwhile. */
function stillWithOthers({ visible, inFlight }: QueueDepth, seen: number): number {
  return Math.max(0, inFlight - Math.max(0, seen - visible));
}

/** As many as there may be receives to make: each that finds nothing waits for a while. */
function receiversFor({ visible }: QueueDepth, { receivers = 10 }: VisitOptions): number {
  return Math.max(1, Math.min(receivers, Math.ceil(visible / ENTRIES_PER_SQS_BATCH)));
}

/** Empty receives in a row after which a receiver stops, though the queue's count promised more letters. */
const EMPTY_RECEIVES = 2;

interface RunningVisit {
  /** Receives until there is nothing more, or the visit is over. */
  receiveAll(): Promise<void>;
  end(): Visit['end'];
  counts(): Pick<Visit, 'seen' | 'removed' | 'notRemoved' | 'unreadable'>;
}

function startVisit(queue: LetterQueue, options: VisitOptions, held: HeldLetters, before: QueueDepth): RunningVisit {
  const { handle, signal, isEnough = () => false, mostHeld = MOST_HELD, hiddenInSeconds = HIDDEN_IN_SECONDS } = options;
  let [seen, removed, notRemoved, hasFailed] = [0, 0, 0, false];
  const unreadable: UnreadableLetter[] = [];

  const end = (): Visit['end'] => {
    if (signal?.aborted) return 'interrupted';
    if (isEnough()) return 'enough';
    return held.size >= mostHeld ? 'tooManyHeld' : 'through';
  };

  const remove: RemoveLetters = async (letters) => {
    const gone = new Set(await deleteLetters(queue, letters, held));
    for (const letter of letters) if (gone.has(letter)) held.forget(letter);
    removed += gone.size;
    notRemoved += letters.length - gone.size;
    return gone;
  };

  const receiveOnce = async () => {
    const readings = (await receive(queue, seen < before.visible, hiddenInSeconds)).map(readLetter);
    const fresh = readings.filter(({ letter }) => !held.has(letter.messageId));
    for (const { letter } of readings) held.hold(letter);
    seen += fresh.length;
    const letters = fresh.flatMap((reading) => (reading.kind === 'letter' ? [reading.letter] : []));
    unreadable.push(...fresh.flatMap((reading) => (reading.kind === 'unreadable' ? [reading.letter] : [])));
    const received = fresh.map(({ letter }) => letter);
    if (received.length > 0) await handle(letters, remove, received);
    return readings.length;
  };

  return {
    end,
    counts: () => ({ seen, removed, notRemoved, unreadable }),
    async receiveAll() {
      try {
        let empty = 0;
        while (!hasFailed && end() === 'through') {
          empty = (await receiveOnce()) > 0 ? 0 : empty + 1;
          if (empty >= (seen >= before.visible ? 1 : EMPTY_RECEIVES)) return;
        }
      } catch (error) {
        hasFailed = true;
        throw error;
      }
    },
  };
}

/**
 * A long poll, if only of a second, asks all of SQS's servers, and a short one only some of them. Source: SQS developer
 * guide, short and long polling.
 */
async function receive({ sqs, url }: LetterQueue, wait: boolean, hiddenInSeconds: number): Promise<readonly Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: ENTRIES_PER_SQS_BATCH,
      WaitTimeSeconds: wait ? 1 : 0,
      VisibilityTimeout: hiddenInSeconds,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
    }),
  );
  return Messages;
}

/** @param missing - how many fewer than the queue had at first */
async function countUnseen({ sqs, url, fifo }: LetterQueue, end: Visit['end'], missing: number): Promise<number> {
  return fifo || end !== 'through' ? (await queueDepth(sqs, url)).visible : Math.max(0, missing);
}

const DELETE_ATTEMPTS = 3;
const DELETE_PAUSE_IN_MILLISECONDS = 200;

/** Deletes letters, those that fail again. Returns those that are gone; throws when a call as a whole fails. */
async function deleteLetters(
  { sqs, url }: LetterQueue,
  letters: readonly Letter[],
  held: HeldLetters,
): Promise<readonly Letter[]> {
  const gone: Letter[] = [];
  let left = letters;
  for (let attempt = 1; left.length > 0 && attempt <= DELETE_ATTEMPTS; attempt++) {
    if (attempt > 1) await sleep(DELETE_PAUSE_IN_MILLISECONDS * attempt);
    const failed: Letter[] = [];
    for (const batch of packBatches(left)) {
      const Entries = batch.map((letter, index) => ({
        Id: String(index),
        ReceiptHandle: held.receiptHandleOf(letter),
      }));
      const { Successful = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      const done = new Set(Successful.map(({ Id }) => Id));
      batch.forEach((letter, index) => void (done.has(String(index)) ? gone : failed).push(letter));
    }
    left = failed;
  }
  return gone;
}
