/** Dead letters by reason: what an operator looks at first. */
import { type Letter, reasonOf } from './letter.ts';

/** Letters that failed for the same reason. Times are milliseconds since the epoch. */
export interface LetterGroup {
  readonly errorCode: string;
  /** With `*` for indices and numbers in which the messages differ. */
  readonly errorMessage: string;
  readonly count: number;
  readonly firstSeen: number;
  readonly lastSeen: number;
  /** The letter that came first. */
  readonly sample: LetterSample;
}

export interface LetterSample {
  readonly messageId: string;
  /** Its first 200 characters. */
  readonly body: string;
}

/** Counts letters by reason, in memory that does not grow with the letters. */
export interface LetterGroups {
  add(letter: Letter): void;
  /** The most frequent first. */
  toArray(): readonly LetterGroup[];
}

/** Groups that are told apart, at most; what comes after those is counted by its ErrorCode alone. */
const MOST_GROUPS = 1_000;
const SAMPLE_CHARACTERS = 200;
const OTHER_MESSAGES = '(other messages)';

/** Makes an empty table of groups. */
export function createLetterGroups(): LetterGroups {
  const groups = new Map<string, LetterGroup>();
  return {
    add(letter) {
      const { code, message } = reasonOf(letter);
      const precise = JSON.stringify([code, patternOf(message)]);
      const key = groups.has(precise) || groups.size < MOST_GROUPS ? precise : JSON.stringify([code, OTHER_MESSAGES]);
      const group = groups.get(key);
      const shown = key === precise ? message : OTHER_MESSAGES;
      groups.set(key, group ? joined(group, letter, shown) : groupOf(letter, code, shown));
    },
    toArray: () => [...groups.values()].toSorted((a, b) => b.count - a.count || a.errorCode.localeCompare(b.errorCode)),
  };
}

/**
 * The message without that in which one letter's differs from the next: indices, lengths and identifiers. Names are
 * kept, since what is to be repaired depends on them.
 */
export function patternOf(message: string): string {
  return message
    .replace(/\b[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}\b/gi, '*')
    .replace(/\[\d+\]/g, '[*]')
    .replace(/(?<![\w.])-?[\w.]+/g, (word) => word.replace(NUMBER, '*$1'));
}

/** A word that is a number. What ends a sentence is no part of it. */
const NUMBER = /^-?\d+(?:\.\d+)?(\.*)$/;

function groupOf(letter: Letter, errorCode: string, errorMessage: string): LetterGroup {
  const { sentAt } = letter;
  return { errorCode, errorMessage, count: 1, firstSeen: sentAt, lastSeen: sentAt, sample: sampleOf(letter) };
}

function joined(group: LetterGroup, letter: Letter, message: string): LetterGroup {
  return {
    ...group,
    errorMessage: message === group.errorMessage ? message : patternOf(message),
    count: group.count + 1,
    firstSeen: Math.min(group.firstSeen, letter.sentAt),
    lastSeen: Math.max(group.lastSeen, letter.sentAt),
    sample: letter.sentAt < group.firstSeen ? sampleOf(letter) : group.sample,
  };
}

function sampleOf({ messageId, body }: Letter): LetterSample {
  const cut = body.length > SAMPLE_CHARACTERS ? `${body.slice(0, SAMPLE_CHARACTERS).toWellFormed()}...` : body;
  return { messageId, body: cut };
}
