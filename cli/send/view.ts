/** What `send` shows while it runs, and after. */
import { describeMisfit } from '../../contract/message/read-message.ts';
import { createLiveLines, formatCount, formatDuration, formatNumber, note } from '../terminal.ts';
import type { Input } from './input.ts';
import { renderProgress } from './progress.ts';
import type { Reject } from './rejects-file.ts';
import type { Row } from './row.ts';
import type { Mark } from './send-users.ts';

/** Rejects that are shown; all of them are in the file. */
const REJECTS_SHOWN = 5;

/** A line that is replaced by the next is shown this often, in milliseconds; one in a log, where it stays, less often. */
const INTERVAL_IN_MILLISECONDS = { terminal: 100, log: 10_000 };

export interface View {
  /** Keeps the first ones to be shown. */
  reject(reject: Reject): void;
  /** Counts those that may not fit the dataset's schema, and keeps the first to be shown. */
  suspect(row: Row): void;
  /** How many there were. */
  suspects(): number;
  /** Shows how far it is, now and then. */
  show(mark: Mark): void;
  /** Removes what was shown live, and shows the first rejects. */
  end(): void;
  /** How long it took, and how fast it was. */
  pace(mark: Mark): { readonly seconds: number; readonly usersPerSecond: number };
}

/**
 * Makes the view of a send that begins now.
 *
 * @param verb - what users are that are not rejected
 */
export function createView(input: Input, from: Mark, verb: 'sent' | 'valid' | 'uploaded'): View {
  const live = createLiveLines();
  const interval = INTERVAL_IN_MILLISECONDS[process.stderr.isTTY ? 'terminal' : 'log'];
  const startedAt = performance.now();
  const firstRejects: Reject[] = [];
  let rejects = 0;
  let firstSuspect: Row | undefined;
  let suspects = 0;
  let shownAt = startedAt;
  const elapsedInSeconds = () => (performance.now() - startedAt) / 1000;
  const settledSince = ({ counts }: Mark) => counts.users + counts.rejected - from.counts.users - from.counts.rejected;

  return {
    reject: (reject) => {
      rejects++;
      if (firstRejects.length < REJECTS_SHOWN) firstRejects.push(reject);
    },
    suspect: (row) => {
      firstSuspect ??= row;
      suspects++;
    },
    suspects: () => suspects,
    show: (mark) => {
      if (performance.now() - shownAt < interval) return;
      shownAt = performance.now();
      const { offset } = mark.position;
      const bytes = input.file && {
        done: offset - from.position.offset,
        left: Math.max(0, input.file.size - offset),
        all: input.file.size,
      };
      const settled = settledSince(mark);
      live.show(renderProgress({ ...mark.counts, settled, elapsedInSeconds: elapsedInSeconds(), bytes }, verb));
    },
    end: () => {
      live.clear();
      for (const { line, reason } of firstRejects) note(`line ${line}: ${reason}`);
      if (rejects > firstRejects.length) note(`... and ${formatNumber(rejects - firstRejects.length)} more`);
      if (firstSuspect) note(describeSuspects(suspects, firstSuspect));
    },
    pace: (mark) => {
      const seconds = elapsedInSeconds();
      return { seconds: Number(seconds.toFixed(3)), usersPerSecond: Math.round(settledSince(mark) / seconds) };
    },
  };
}

function describeSuspects(count: number, { line, misfits = [] }: Row): string {
  const [first] = misfits;
  const example = first ? `, such as that of line ${line}: ${describeMisfit(first)}` : '';
  return `${formatCount(count, 'user')} may not fit the schema, which PutUsers decides${example}.`;
}

/** What became of a send. */
export interface Summary {
  readonly users: number;
  readonly messages: number;
  readonly rejected: number;
  readonly rejectsFile: string | null;
  readonly seconds: number;
  readonly usersPerSecond: number;
}

/** What became of a send, as a sentence or two. */
export function renderResult({ users, messages, rejected, rejectsFile, ...pace }: Summary, { name }: Input): string {
  const sent =
    `Sent ${formatCount(users, 'user')} of ${name} in ${formatCount(messages, 'message')}` +
    (users === 0 ? '.' : `, ${formatDuration(pace.seconds)} (${formatNumber(pace.usersPerSecond)} a second).`);
  if (rejected === 0) return sent;
  const were = rejected === 1 ? 'was' : 'were';
  return `${sent}\n${formatCount(rejected, 'record')} ${were} rejected: see ${rejectsFile}, with line and reason.`;
}
