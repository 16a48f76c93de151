/**
 * In which order dead letters are stored in a FIFO queue. A call can fail in part, and what failed is stored at the next attempt, behind
 * what went well: so two letters whose order counts are never sent together, nor the second before the first is known to be stored.
 *
 * The order counts between letters of one message group. Not between different users of one message: they have no
 * order among each other, and what comes after the message waits for all of them.
 */
import type { DeadLetter } from './dead-letter.ts';

/** Rounds of letters: those of one may be stored in any order, once all of the rounds before are. */
export function letterRounds(
  letters: readonly DeadLetter[],
  groupOf: (letter: DeadLetter) => string,
): readonly (readonly DeadLetter[])[] {
  const rounds: DeadLetter[][] = [];
  const groups = new Map<string, Place>();
  for (const letter of letters) {
    const group = groupOf(letter);
    const before = groups.get(group);
    const place =
      before && before.messageId === letter.source.messageId && letter.orderKey !== undefined && !before.isBarrier
        ? before
        : newPlace(letter, before?.next ?? 0);
    groups.set(group, place);
    const round = place.roundOf.get(letter.orderKey) ?? place.first;
    place.roundOf.set(letter.orderKey, round + 1);
    place.next = Math.max(place.next, round + 1);
    rounds[round] ??= [];
    rounds[round].push(letter);
  }
  return rounds;
}

/** Where a group has come to. */
interface Place {
  /** Of the message whose letters are at hand. */
  readonly messageId: string;
  /** Its letter may not be stored in any order with others of the same message. */
  readonly isBarrier: boolean;
  /** The first round of its letters. */
  readonly first: number;
  /** The round after the last of its letters. */
  next: number;
  /** Of each key, the round of the next letter. */
  readonly roundOf: Map<string | undefined, number>;
}

function newPlace({ source, orderKey }: DeadLetter, first: number): Place {
  return { messageId: source.messageId, isBarrier: orderKey === undefined, first, next: first, roundOf: new Map() };
}
