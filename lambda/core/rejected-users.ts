/**
 * How the rejected users of one message become letters: each has its own, unless they are so many that these could not all be
 * stored while the function has time. A message is not acknowledged before all of its letters are stored, and is handled from its
 * beginning if one is not; with too many it would never be done.
 */
import { MAX_MESSAGE_BYTES } from '../../aws/sqs/limits.ts';
import type { Reason } from '../../contract/message/reason.ts';
import type { GivenVersion } from '../../contract/message/record-version.ts';

export interface RejectedUser {
  /** In its message, from 0. */
  readonly place: number;
  /** The user as a message of its own. */
  readonly body: string;
  readonly reason: Reason;
  /** Whom it is about. Those of whom nobody can say it count as one user, since they may be. */
  readonly userId: string | undefined;
  readonly given?: GivenVersion | undefined;
  readonly messageGroupId?: string | undefined;
}

/**
 * Rejected users of a message who have letters of their own, at most: 30 calls to SQS one after the other, for which there are
 * 2 s at least (contract/deployment/time-budget.ts).
 */
const MOST_LETTERS = 300;
/** The same of one user, or of users whose userId cannot be read, whose letters are stored one after the other on a FIFO queue. */
const MOST_LETTERS_OF_A_USER = 20;
/** What the users of one letter have together, in bytes at most: room is left for what says why. */
const MOST_BYTES = MAX_MESSAGE_BYTES / 2;

/**
 * Whether they are few enough.
 *
 * @param fifo - whether the letters have an order to keep
 */
export function haveLettersOfTheirOwn(rejected: readonly RejectedUser[], fifo: boolean): boolean {
  if (rejected.length > MOST_LETTERS) return false;
  if (!fifo) return true;
  const letters = new Map<string | undefined, number>();
  for (const { userId } of rejected) letters.set(userId, (letters.get(userId) ?? 0) + 1);
  return Math.max(0, ...letters.values()) <= MOST_LETTERS_OF_A_USER;
}

/** Several users in one letter. */
export interface JoinedLetter {
  /** Of the first of them. */
  readonly place: number;
  readonly body: string;
  readonly reason: Reason;
  /** Why each of them was rejected. */
  readonly codes: readonly string[];
}

/** Puts rejected users into as few letters as hold them, in their order. Each can be replayed as it stands. */
export function joined(rejected: readonly RejectedUser[]): readonly JoinedLetter[] {
  const parts: RejectedUser[][] = [];
  let bytes = 0;
  for (const user of rejected) {
    const size = Buffer.byteLength(user.body) + 1;
    const last = parts.at(-1);
    if (last && bytes + size <= MOST_BYTES) {
      last.push(user);
      bytes += size;
    } else {
      parts.push([user]);
      bytes = size;
    }
  }
  return parts.map((users) => ({
    place: users[0]!.place,
    body: users.length === 1 ? users[0]!.body : `{"users":[${users.map(({ body }) => body).join(',')}]}`,
    reason: reasonOf(users),
    codes: users.map(({ reason }) => reason.code),
  }));
}

/** By the code that is the most frequent. */
function reasonOf(users: readonly RejectedUser[]): Reason {
  const counts = new Map<string, number>();
  for (const { reason } of users) counts.set(reason.code, (counts.get(reason.code) ?? 0) + 1);
  const byCount = [...counts].toSorted((a, b) => b[1] - a[1]);
  const code = byCount[0]![0];
  if (users.length === 1) return users[0]!.reason;
  const shares = byCount.map(([name, count]) => `${name} of ${count}`).join(', ');
  const first = users.find(({ reason }) => reason.code === code)!;
  return {
    code,
    message: `${users.length} users of one message, too many for a letter each: ${shares}. The first of them, users[${first.place}]: ${first.reason.message}`,
  };
}

/** The userId of what breaks the contract, if it has one. */
export function userIdIn(body: string): string | undefined {
  try {
    const { userId } = JSON.parse(body) as { userId?: unknown };
    return typeof userId === 'string' ? userId : undefined;
  } catch {
    return undefined;
  }
}
