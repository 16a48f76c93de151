/** How many dead letters there are, and for what: a look at some of them, since only SQS's count takes no look. */

import { reasonOf } from '../../aws/sqs/letter.ts';
import { queueDepth } from '../aws/queue-depth.ts';
import { createTally } from '../dlq/tally.ts';
import { type LetterQueue, visitLetters } from '../dlq/visit-letters.ts';

export interface DeadLetterCounts {
  /** All of them, about. */
  readonly total: number;
  /** Letters that were looked at: at most a thousand or so. */
  readonly lookedAt: number;
  /** Letters that were looked at besides, and cannot be read: `dlq list` names them. */
  readonly unreadable: number;
  /** Of those that were looked at, the most frequent first. */
  readonly byErrorCode: readonly { readonly errorCode: string; readonly count: number }[];
}

/** Counts dead letters, again and again. */
export interface DeadLetterCounter {
  count(signal?: AbortSignal): Promise<DeadLetterCounts>;
}

const MOST_LOOKED_AT = 1_000;
/** Without a change of their number there is no new look for so long: while it lasts, nobody else sees the letters. */
const LOOK_HOLDS_FOR_IN_MILLISECONDS = 60_000;

/** Makes a counter that looks at letters only when their number has changed, or the last look is a while ago. */
export function createDeadLetterCounter(queue: LetterQueue): DeadLetterCounter {
  let last: { readonly at: number; readonly total: number; readonly counts: DeadLetterCounts } | undefined;
  return {
    async count(signal) {
      const { visible, inFlight } = await queueDepth(queue.sqs, queue.url);
      const total = visible + inFlight;
      if (last?.total === total && performance.now() - last.at < LOOK_HOLDS_FOR_IN_MILLISECONDS) return last.counts;
      const counts = { total, ...(await look(queue, visible, signal)) };
      last = { at: performance.now(), total, counts };
      return counts;
    },
  };
}

async function look(queue: LetterQueue, visible: number, signal: AbortSignal | undefined) {
  const byCode = createTally();
  let [lookedAt, unreadable] = [0, 0];
  const enough = Math.min(visible, MOST_LOOKED_AT);
  if (enough > 0) {
    const visit = await visitLetters(queue, {
      signal,
      isEnough: () => lookedAt >= enough,
      handle: (letters) => {
        lookedAt += letters.length;
        for (const letter of letters) byCode.add(reasonOf(letter).code);
      },
    });
    unreadable = visit.unreadable.length;
  }
  const byErrorCode = byCode.toArray().map(({ reason, count }) => ({ errorCode: reason, count }));
  return { lookedAt, unreadable, byErrorCode };
}
