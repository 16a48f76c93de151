/** What is printed at the end: what the dataset holds, what was rejected and why, and what it took. */
import Table from 'cli-table3';
import type { LetterGroup } from '../aws/sqs/letter-groups.ts';
import { breakLongWords } from '../contract/input/shown-text.ts';
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

/** Off a terminal, in a log or a ticket. */
const COLUMNS_OFF_TERMINAL = 120;
/** Of the columns before the last, and of all lines between. */
const OTHER_COLUMNS = 37;
const LEAST_COLUMNS = 30;

/**
 * Writes the result as text.
 *
 * @param columns - of the terminal, if it is one that says how many it has
 */
export function renderResult(
  { messages, users, deadLetters, statistics, invocations }: RunResult,
  columns = process.stdout.columns,
): string {
  const room = Math.max(LEAST_COLUMNS, (columns || COLUMNS_OFF_TERMINAL) - OTHER_COLUMNS);
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
    ...(groups.length > 0 ? ['', 'Rejected, by ErrorCode and ErrorMessage:', reasons(groups, room)] : []),
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

function reasons(groups: readonly LetterGroup[], room: number): string {
  const table = new Table({
    colWidths: [7, 26, room],
    wordWrap: true,
    ...PLAIN,
  });
  for (const { count, errorCode, errorMessage } of groups)
    table.push([{ content: String(count), hAlign: 'right' }, errorCode, breakLongWords(errorMessage, room - 2)]);
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
