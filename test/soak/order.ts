/** Holds the order in which records were stored against what `fifo` and `orderGuard` promise. */

import { serialsIn } from '../../simulation/records.ts';
import type { FoundLetter } from './ledger.ts';
import type { SentMessage } from './traffic.ts';

/** The serial of a record is the higher, the later it was sent. */
export interface OrderWatch {
  /** PutUsers has stored a record. */
  stored(userId: string, serial: number): void;
  /** The queue has deleted the messages of these records, since the function was done with them. */
  acknowledged(serials: readonly number[]): void;
  /** What breaks the promise, when all is over: in words, one entry a user. */
  violations(sent: readonly SentMessage[], letters: readonly FoundLetter[]): readonly string[];
}

/** Begins to watch. */
export function watchOrder(): OrderWatch {
  const dataset = new Map<string, number>();
  const userOf = new Map<number, string>();
  /** Of each user, the newest record that was stored and acknowledged. */
  const settled = new Map<string, number>();
  const undone: string[] = [];
  return {
    stored(userId, serial) {
      const newest = settled.get(userId);
      if (newest !== undefined && serial < newest)
        undone.push(`record ${serial} of ${userId} has undone record ${newest}`);
      dataset.set(userId, serial);
      userOf.set(serial, userId);
    },
    acknowledged(serials) {
      for (const serial of serials) {
        const userId = userOf.get(serial);
        if (userId !== undefined) settled.set(userId, Math.max(serial, settled.get(userId) ?? 0));
      }
    },
    violations(sent, letters) {
      const lettered = new Set(letters.flatMap(({ body }) => serialsIn(body)));
      const newest = new Map<string, number>();
      for (const { userId, serial, fate } of sent.flatMap(({ records }) => records)) {
        if (fate === 'deliverable' && !lettered.has(serial)) newest.set(userId, serial);
      }
      const stale = [...newest].filter(([userId, serial]) => (dataset.get(userId) ?? 0) < serial);
      return [
        ...undone,
        ...stale.map(
          ([userId, serial]) => `the dataset has record ${dataset.get(userId)} of ${userId}, and not ${serial}`,
        ),
      ];
    },
  };
}
