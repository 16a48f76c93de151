/** What happened in a run, in the order in which it did. Two runs of one seed have the same to the byte. */
import { hash } from './faults.ts';

export interface Entry {
  /** In milliseconds since the start. */
  readonly at: number;
  readonly who: string;
  readonly what: string;
  /** The records that it is about. */
  readonly serials: readonly number[];
}

export interface Journal {
  note(who: string, what: string, serials?: readonly number[]): void;
  readonly entries: readonly Entry[];
  /** A number that tells two journals apart. */
  fingerprint(): string;
}

export function createJournal(now: () => number): Journal {
  const start = now();
  const entries: Entry[] = [];
  return {
    entries,
    note: (who, what, serials = []) => void entries.push({ at: now() - start, who, what, serials }),
    fingerprint() {
      let value = 0;
      for (const entry of entries) value = Math.imul(value ^ hash(line(entry)), 0x01000193);
      return (value >>> 0).toString(16).padStart(8, '0');
    },
  };
}

/** An entry as one reads it. */
export function line({ at, who, what, serials }: Entry): string {
  const about = serials.length > 0 ? ` [${serials.join(' ')}]` : '';
  return `${(at / 1000).toFixed(3).padStart(9)} s  ${who.padEnd(14)} ${what}${about}`;
}
