/**
 * In which order the users of a batch are called: in rounds, in each of which every source has one user called. So a source
 * with few users is done after few rounds, however many another has, and no source waits for the end of another.
 *
 * It decides who is called sooner, and never which record of a user is called: only the newest of each user has a turn.
 */

/** What decides about a turn. */
export interface Candidate {
  /** Where its message comes from. A user whose message has no source is a source of its own. */
  readonly source?: string | undefined;
  /** How often its message was received, this time included. @default 1 */
  readonly receiveCount?: number | undefined;
}

/**
 * Whose message was received more often than this has its turn in the first round, whatever its source. Else the users of a
 * large source would be those who have no turn whenever the time of a batch runs out, until they are dead letters.
 */
const PATIENT_RECEIVES = 2;

/** Puts candidates, oldest first, in the order of their turns. Within a source they stay in their order. */
export function inTurns<Item extends Candidate>(oldestFirst: readonly Item[]): readonly Item[] {
  const called = new Map<string, number>();
  const rounds = oldestFirst.map(({ source, receiveCount = 1 }) => {
    if (source === undefined || receiveCount > PATIENT_RECEIVES) return 0;
    const round = called.get(source) ?? 0;
    called.set(source, round + 1);
    return round;
  });
  return oldestFirst
    .map((item, index) => ({ item, round: rounds[index]! }))
    .toSorted((a, b) => a.round - b.round)
    .map(({ item }) => item);
}
