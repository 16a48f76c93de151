/** The records of users that a run sends, be it simulated or the soak: each has a number of its own, which it carries along as a property. */
import type { Random } from '../local/random.ts';
import { BREAKAGES } from './breakages.ts';

export interface SentRecord {
  readonly serial: number;
  readonly userId: string;
  readonly fate: Fate;
  /** The user, as JSON. */
  readonly text: string;
}

/** Whether the dataset takes a record; if not, who refuses it, or that the function throws before it calls. */
export type Fate = 'deliverable' | 'breaksContract' | 'refusedByPutUsers' | 'defective';

/** What no log line and no metric may ever hold. */
export const SECRETS = ['secret-user', 'Ruritania'] as const;

/** A record with this in its properties is refused by the model of PutUsers. */
export const POISON = /\\?"poison\\?":true/;

/** Where a message with such a property makes the function throw. */
export const DEFECTS = ['record', 'read', 'link', 'halfway', 'settle', 'tell'] as const;

const defectIn = (steps: string) => new RegExp(`\\\\?"defect\\\\?":\\\\?"(${steps})`);
/** Its record of the event cannot be read, and on a FIFO queue none behind it in its group is. */
export const UNREAD = defectIn('record');
/** It throws before anybody of the message is called. */
export const UNCALLED = defectIn('record|read|link');
/** It throws when the first of its users is linked, and the others are not. */
export const HALF_LINKED = defectIn('halfway');
/** It throws when they are called, or some of them. */
export const UNSETTLED = defectIn('halfway|settle');
/** The message fails. Where it throws while it tells of the batch, none does. */
export const FAILING = defectIn('record|read|link|halfway|settle');

/** The numbers of the records that a text is about. */
export function serialsIn(text: string): readonly number[] {
  return [...text.matchAll(/\\?"numberOfVideosWatched\\?":\s*(\d+)/g)].map(([, serial]) => Number(serial));
}

/** Names that objects have of themselves: one for each producer. */
const NASTY_NAMES = ['__proto__', 'constructor'];

type Properties = Record<string, unknown>;

export interface RecordMaker {
  make(fate?: Fate): SentRecord;
}

/**
 * Makes records of so many users.
 *
 * @param versions - whether each says by its number how new it is
 */
export function createRecordMaker(
  {
    users,
    badShare,
    defectiveShare,
  }: { readonly users: number; readonly badShare: number; readonly defectiveShare: number },
  random: Random,
  producer = 0,
  versions = false,
): RecordMaker {
  let serial = producer * 100_000;
  const fateOf = (): Fate => {
    if (random() < defectiveShare) return 'defective';
    if (random() >= badShare) return 'deliverable';
    return random() < 0.5 ? 'refusedByPutUsers' : 'breaksContract';
  };
  return {
    make(wanted) {
      serial++;
      const user = Math.floor(random() * users);
      const userId = (user === 0 && NASTY_NAMES[producer]) || `secret-user-${producer}-${user}`;
      const drawn = wanted ?? fateOf();
      const defect = drawn === 'defective' ? DEFECTS[Math.floor(random() * DEFECTS.length)]! : undefined;
      const fate = defect === 'halfway' || defect === 'settle' || defect === 'tell' ? 'deliverable' : drawn;
      const properties: Properties = {
        numberOfVideosWatched: serial,
        country: 'Ruritania',
        ...(fate === 'refusedByPutUsers' && { poison: true }),
        ...(defect && { defect }),
      };
      const written =
        fate === 'breaksContract'
          ? BREAKAGES[Math.floor(random() * BREAKAGES.length)]!({ userId, properties }, properties)
          : {
              userId,
              properties: random() < 0.2 ? JSON.stringify(properties) : properties,
              ...(versions && { version: serial }),
            };
      return { serial, userId, fate, text: JSON.stringify(written) };
    },
  };
}
