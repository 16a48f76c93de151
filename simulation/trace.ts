/** A run as one reads it: what happened to the users concerned. */
import { type Entry, line } from './journal.ts';
import type { Violation } from './ledger.ts';

/** What a failing run's first violation is about: the lines of the records concerned, and all faults before it. */
export function traceOf(entries: readonly Entry[], violations: readonly Violation[]): string {
  const first = violations[0];
  if (!first) return entries.map(line).join('\n');
  const concerned = new Set(first.serials);
  const end = entries.findIndex(({ who, what }) => who === 'LEDGER' && what.startsWith(first.promise));
  return entries
    .slice(0, end === -1 ? entries.length : end + 1)
    .filter(({ who, serials }) => ALWAYS.has(who) || serials.some((serial) => concerned.has(serial)))
    .map((entry) => line({ ...entry, serials: [...new Set(entry.serials.filter((serial) => concerned.has(serial)))] }))
    .join('\n');
}

/** Whose lines are shown whoever is concerned. */
const ALWAYS: ReadonlySet<string> = new Set(['FAULT', 'LEDGER', 'WORLD', 'deployment', 'console']);
