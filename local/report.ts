/** What is printed at the end: what the dataset holds, what was rejected and why, and what it took. */
import Table from 'cli-table3';
import type { LetterGroup } from '../aws/sqs/letter-groups.ts';
import type { DeadLetters } from './dead-letters.ts';
import type { Statistics } from './put-users/statistics.ts';

/** What a run came to. */
export interface RunResult {
  readonly messages: number;
  /** Users that the dataset holds. */
  readonly users: number;
  readonly deadLetters: DeadLetters;
  readonly statistics: Statistics;
  readonly invocations: number;
}

/** Writes the result as text for a terminal of about 120 columns. */
export function renderResult({ messages, users, deadLetters, statistics, invocations }: RunResult): string {
  const { groups, unreadable } = deadLetters;
  const rejected = groups.reduce((sum, { count }) => sum + count, unreadable.length);
  return [
    '',
    facts([
      ['Messages sent', messages],
      ['Users in the dataset', users],
      ['Dead letters', rejected],
      ['PutUsers calls', `${statistics.calls} (${outcomes(statistics)})`],
      ['Users per accepted call', usersPerCall(statistics)],
      ['Function invocations', invocations],
    ]),
    ...(groups.length > 0 ? ['', 'Rejected, by ErrorCode and ErrorMessage:', reasons(groups)] : []),
    ...unreadable.map(({ messageId, problem }) => `Dead letter ${messageId} cannot be read: ${problem}.`),
    '',
  ].join('\n');
}

/** No colours, and no lines between rows. */
const PLAIN = {
  style: { head: [], border: [] },
  chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
};

function facts(rows: readonly (readonly [string, string | number])[]): string {
  const table = new Table(PLAIN);
  for (const [name, value] of rows) table.push([name, { content: String(value), hAlign: 'right' }]);
  return table.toString();
}

function reasons(groups: readonly LetterGroup[]): string {
  const table = new Table({
    colWidths: [7, 26, 83],
    wordWrap: true,
    ...PLAIN,
  });
  for (const { count, errorCode, errorMessage } of groups)
    table.push([{ content: String(count), hAlign: 'right' }, errorCode, errorMessage]);
  return table.toString();
}

function outcomes({ callsByOutcome }: Statistics): string {
  return Object.entries(callsByOutcome)
    .toSorted(([, a], [, b]) => b - a)
    .map(([outcome, count]) => `${count} ${outcome}`)
    .join(', ');
}

/** How full the calls were that stored users: 10 is all that fits. */
export function usersPerCall({ storingCallsBySize }: Statistics): string {
  let calls = 0;
  let users = 0;
  for (const [size, count] of Object.entries(storingCallsBySize)) {
    calls += count;
    users += Number(size) * count;
  }
  return calls === 0 ? '-' : (users / calls).toFixed(2);
}
