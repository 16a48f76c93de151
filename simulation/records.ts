/** The records of users that a run sends: each has a number of its own, which it carries along. */
import type { Random } from '../local/random.ts';

export interface SentRecord {
  readonly serial: number;
  readonly userId: string;
  /** Whether the dataset takes it; if not, who refuses it, or that the function throws when it reads its message. */
  readonly fate: 'good' | 'breaksContract' | 'refused' | 'defective';
  /** The user, as JSON. */
  readonly text: string;
}

/** What no log line and no metric may ever hold. */
export const SECRETS = ['secret-user', 'Ruritania'] as const;

/** A record with this in its properties is refused by the model of PutUsers. */
export const POISON = /\\?"poison\\?":true/;

/** A message with this in it makes the function throw while it reads it. */
export const DEFECT = /\\?"defect\\?":true/;

/** The numbers of the records that a text is about. */
export function serialsIn(text: string): readonly number[] {
  return [...text.matchAll(/\\?"n\\?":\s*(\d+)/g)].map(([, serial]) => Number(serial));
}

/** Names that objects have of themselves: one for each producer. */
const NASTY_NAMES = ['__proto__', 'constructor'];

type Properties = Record<string, unknown>;

/** Some of the ways in which a user breaks the contract. */
const BREAKAGES: readonly ((userId: string, properties: Properties) => unknown)[] = [
  (_, properties) => ({ userId: '', properties }),
  (_, properties) => ({ userId: 7, properties }),
  (userId, properties) => ({ userId, properties, props: {} }),
  (_, properties) => ({ properties }),
  (userId, properties) => ({ userId, properties: { ...properties, country: { code: 'R' } } }),
  (userId, properties) => ({ userId, properties: [properties] }),
];

export interface RecordMaker {
  make(fate?: SentRecord['fate']): SentRecord;
}

/** Makes records of so many users. */
export function createRecordMaker(
  {
    users,
    badShare,
    defectiveShare,
  }: { readonly users: number; readonly badShare: number; readonly defectiveShare: number },
  random: Random,
  producer = 0,
): RecordMaker {
  let serial = producer * 100_000;
  const fateOf = (): SentRecord['fate'] => {
    if (random() < defectiveShare) return 'defective';
    if (random() >= badShare) return 'good';
    return random() < 0.5 ? 'refused' : 'breaksContract';
  };
  return {
    make(wanted) {
      serial++;
      const user = Math.floor(random() * users);
      const userId = (user === 0 && NASTY_NAMES[producer]) || `secret-user-${producer}-${user}`;
      const fate = wanted ?? fateOf();
      const properties: Properties = {
        n: serial,
        country: 'Ruritania',
        ...(fate === 'refused' && { poison: true }),
        ...(fate === 'defective' && { defect: true }),
      };
      const written =
        fate === 'breaksContract'
          ? BREAKAGES[Math.floor(random() * BREAKAGES.length)]!(userId, properties)
          : { userId, properties: random() < 0.2 ? JSON.stringify(properties) : properties };
      return { serial, userId, fate, text: JSON.stringify(written) };
    },
  };
}
