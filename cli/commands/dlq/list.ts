/** `dlq list`: the dead letters by reason. */
import { Command } from 'commander';
import { createLetterGroups, type LetterGroup } from '../../../aws/sqs/letter-groups.ts';
import { wholeNumber } from '../../arguments.ts';
import { withTarget } from '../../connect.ts';
import { isSelected } from '../../dlq/selection.ts';
import { createSupersededCounter, type Superseded } from '../../dlq/superseded.ts';
import { type Visit, visitLetters } from '../../dlq/visit-letters.ts';
import { withFooter } from '../../help.ts';
import { interruptionSignal } from '../../interruption.ts';
import type { TargetOptions } from '../../target.ts';
import {
  createLiveLines,
  formatAge,
  formatCount,
  formatNumber,
  note,
  print,
  printable,
  printJson,
  renderTable,
  styled,
} from '../../terminal.ts';
import { withConnection } from '../with-connection.ts';
import { noteCaveats, unreadableOf } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';
import { type SelectionOptions, selectionOf, withSelection } from './selection-options.ts';

interface ListOptions extends TargetOptions, SelectionOptions {
  /** Reasons in a table, at most; true for the default. */
  readonly top?: number | true;
}

const DEFAULT_TOP = 10;

export function listCommand(): Command {
  const command = new Command('list')
    .description(
      'Groups the dead letters by ErrorCode and message. They stay in the queue. Nobody else sees them while it looks.',
    )
    .option('--top [count]', `only a table of the most frequent reasons (default: ${DEFAULT_TOP})`, wholeNumber)
    .action(list);
  return withFooter(withTarget(withSelection(command)), EXAMPLES);
}

const EXAMPLES = `
Examples:
  personalize-users dlq list
  personalize-users dlq list --top 5
  personalize-users dlq list --since 2h
  personalize-users dlq list --error-code InvalidInputException --json | jq '.groups[].sample'`;

function list(options: ListOptions): Promise<void> {
  return withConnection(options, async (target) => {
    const selection = selectionOf(options, Date.now());
    const groups = createLetterGroups();
    const counter = createSupersededCounter(target);
    const signal = interruptionSignal();
    const live = createLiveLines({ silent: options.json === true });
    let letters = 0;
    const visit = await visitLetters(letterQueueOf(target), {
      signal,
      handle: (received) => {
        const selected = received.filter((letter) => isSelected(letter, selection));
        for (const letter of selected) {
          groups.add(letter);
          counter?.add(letter);
        }
        letters += selected.length;
        live.show(`Looking at ${formatCount(letters, 'dead letter')}...`);
      },
    }).finally(live.clear);
    signal.throwIfAborted();
    const superseded = letters > 0 ? await counter?.count(signal) : undefined;
    const shown = shownOf(groups.toArray(), options);
    if (options.json) printJson({ ...toJson(letters, shown, visit), ...supersededForJson(superseded) });
    else
      print([render(letters, groups.toArray(), shown, visit, options), ...supersededInWords(superseded)].join('\n\n'));
    if (superseded?.kind === 'unknown') note(superseded.why);
    noteCaveats(visit, target.fifo);
  });
}

function toJson(deadLetters: number, groups: readonly LetterGroup[], visit: Visit) {
  const { unseen, hiddenByOthers } = visit;
  return {
    deadLetters,
    unseen,
    hiddenByOthers,
    unreadable: unreadableOf(visit),
    groups: groups.map((group) => ({
      ...group,
      firstSeen: new Date(group.firstSeen).toISOString(),
      lastSeen: new Date(group.lastSeen).toISOString(),
    })),
  };
}

/** The most frequent ones, if no more are wanted. */
function shownOf(groups: readonly LetterGroup[], { top }: ListOptions): readonly LetterGroup[] {
  return top === undefined ? groups : groups.slice(0, top === true ? DEFAULT_TOP : top);
}

function render(
  letters: number,
  groups: readonly LetterGroup[],
  shown: readonly LetterGroup[],
  visit: Visit,
  { top }: ListOptions,
): string {
  if (letters === 0) return nothingFound(visit);
  const count = `${formatCount(letters, 'dead letter')} for ${formatCount(groups.length, 'reason')}`;
  if (top === undefined) return [count, ...shown.map(renderGroup)].join('\n\n');
  const rest = groups.length - shown.length;
  return [count, renderTop(shown), ...(rest > 0 ? [`... and ${formatCount(rest, 'reason')} more`] : [])].join('\n');
}

/** The number, or null when it is not known; nothing without the order guard. */
function supersededForJson(superseded: Superseded | undefined): { superseded?: number | null } {
  if (!superseded) return {};
  return { superseded: superseded.kind === 'known' ? superseded.letters : null };
}

function supersededInWords(superseded: Superseded | undefined): readonly string[] {
  if (superseded?.kind !== 'known' || superseded.letters === 0) return [];
  return [
    `${formatCount(superseded.letters, 'dead letter')} would be superseded: newer records of their users were delivered.`,
  ];
}

function renderTop(groups: readonly LetterGroup[]): string {
  const rows = groups.map(({ count, errorCode, errorMessage }) => [
    formatNumber(count),
    printable(errorCode),
    oneLine(errorMessage),
  ]);
  // In a log or for another program, each reason stays on a line.
  return renderTable(['Letters', 'ErrorCode', 'ErrorMessage'], rows, process.stdout.columns || undefined);
}

function renderGroup({ errorCode, errorMessage, count, firstSeen, lastSeen, sample }: LetterGroup): string {
  const [first, last] = [formatAge(firstSeen), formatAge(lastSeen)];
  const seen = first === last ? first : `first ${first}, last ${last}`;
  return [
    `${styled('bold', formatNumber(count).padStart(6))}  ${styled('red', printable(errorCode))}: ${printable(errorMessage)}`,
    `        ${styled('dim', seen)}`,
    `        ${styled('dim', sample.messageId)}  ${oneLine(sample.body)}`,
  ].join('\n');
}

/** What is there and was not seen is said beside it. */
function nothingFound({ seen, unseen, hiddenByOthers }: Visit): string {
  if (seen > 0) return 'There are no such dead letters.';
  return unseen + hiddenByOthers > 0 ? 'No dead letter could be looked at.' : 'There are no dead letters.';
}

const COLUMNS_OFF_TERMINAL = 160;
const INDENT_AND_ID = 46;

function oneLine(body: string): string {
  const room = Math.max((process.stdout.columns || COLUMNS_OFF_TERMINAL) - INDENT_AND_ID, 20);
  const line = printable(body);
  return line.length > room ? `${line.slice(0, room - 3).toWellFormed()}...` : line;
}
