/**
 * The order of message groups in a replay. A letter that stays is replayed some other time: had one behind it in its group
 * gone before, the older would undo the newer then. So what is behind a letter that stays, for whatever reason, waits.
 * On standard queues nothing waits: they have no order.
 */
import type { Letter } from '../../aws/sqs/letter.ts';
import { groupOf } from './send-letters.ts';

/** What the order goes by; a letter that cannot be read has it, too. */
type Grouped = Pick<Letter, 'messageId' | 'messageGroupId'>;

/** Keeps the order of the groups, for as long as a replay lasts. */
export interface GroupOrder {
  /**
   * Takes letters that were received, in their order. If others of their group are still being replayed, which happens when
   * those became visible again meanwhile, they wait.
   *
   * @returns what is called once all of them are done with
   */
  begin(letters: readonly Grouped[]): () => void;
  /** Notes that a letter was sent: what is behind it may go, once SQS gives that out, which may be before the deletion is known. */
  isSent(letter: Grouped): void;
  /** Notes that a letter stays; `why` is a clause about it, such as `that could not be sent`. */
  stays(letter: Grouped, why: string): void;
  /** What a letter waits for: the clause about the first letter of its group that stays, if that is before it. */
  waitsFor(letter: Grouped): string | undefined;
}

/** The first letter of a group that stays. */
interface Staying {
  readonly place: number;
  readonly why: string;
}

const BEING_REPLAYED = 'that was being replayed';

/** Makes the order of a replay in which all groups may go. */
export function createGroupOrder(fifo: boolean): GroupOrder {
  /** From 1, in the order of all letters that were received. */
  const places = new WeakMap<Grouped, number>();
  const firstStaying = new Map<string, Staying>();
  /** Of each group, the letters that are being replayed. */
  const begun = new Map<string, Set<Grouped>>();
  let received = 0;

  const isSent = (letter: Grouped) => {
    const group = groupOf(letter);
    begun.get(group)?.delete(letter);
    if (begun.get(group)?.size === 0) begun.delete(group);
  };

  const stays = (letter: Grouped, why: string) => {
    if (!fifo) return;
    const place = places.get(letter)!;
    const first = firstStaying.get(groupOf(letter));
    if (!first || place < first.place) firstStaying.set(groupOf(letter), { place, why });
  };

  return {
    begin(letters) {
      if (!fifo) return () => {};
      const busy = new Set(begun.keys());
      for (const letter of letters) {
        const group = groupOf(letter);
        if (busy.has(group) && !firstStaying.has(group))
          firstStaying.set(group, { place: received, why: BEING_REPLAYED });
        places.set(letter, ++received);
        begun.set(group, (begun.get(group) ?? new Set()).add(letter));
      }
      return () => letters.forEach(isSent);
    },
    isSent,
    stays,
    waitsFor(letter) {
      const first = firstStaying.get(groupOf(letter));
      return first && first.place < places.get(letter)! ? first.why : undefined;
    },
  };
}
