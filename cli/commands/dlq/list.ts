/** `dlq list`: the dead letters by reason. */
import { Command } from 'commander';
import { createLetterGroups, type LetterGroup } from '../../../aws/sqs/letter-groups.ts';
import { withTarget } from '../../connect.ts';
import { isSelected } from '../../dlq/selection.ts';
import { createSupersededCounter, type Superseded } from '../../dlq/superseded.ts';
import { type Visit, visitLetters } from '../../dlq/visit-letters.ts';
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
  styled,
} from '../../terminal.ts';
import { withConnection } from '../with-connection.ts';
import { noteCaveats, unreadableOf } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';
import { type SelectionOptions, selectionOf, withSelection } from './selection-options.ts';

type ListOptions = TargetOptions & SelectionOptions;

export function listCommand(): Command {
  const command = new Command('list')
    .description(
      'Shows the dead letters by ErrorCode and message. They stay where they are; while it looks, nobody else sees them.',
    )
    .action(list);
  return withTarget(withSelection(command)).addHelpText('after', EXAMPLES);
}

const EXAMPLES = `
Examples:
  personalize-users dlq list
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
    if (options.json) printJson({ ...toJson(letters, groups.toArray(), visit), ...supersededForJson(superseded) });
    else print([render(letters, groups.toArray(), visit), ...supersededInWords(superseded)].join('\n\n'));
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

function render(letters: number, groups: readonly LetterGroup[], { seen }: Visit): string {
  if (letters === 0) return seen === 0 ? 'There are no dead letters.' : 'There are no such dead letters.';
  const count = `${formatCount(letters, 'dead letter')} for ${formatCount(groups.length, 'reason')}`;
  return [count, ...groups.map(renderGroup)].join('\n\n');
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

function renderGroup({ errorCode, errorMessage, count, firstSeen, lastSeen, sample }: LetterGroup): string {
  const [first, last] = [formatAge(firstSeen), formatAge(lastSeen)];
  const seen = first === last ? first : `first ${first}, last ${last}`;
  return [
    `${styled('bold', formatNumber(count).padStart(6))}  ${styled('red', printable(errorCode))}: ${printable(errorMessage)}`,
    `        ${styled('dim', seen)}`,
    `        ${styled('dim', sample.messageId)}  ${oneLine(sample.body)}`,
  ].join('\n');
}

const COLUMNS_OFF_TERMINAL = 160;
const INDENT_AND_ID = 46;

function oneLine(body: string): string {
  const room = Math.max((process.stdout.columns ?? COLUMNS_OFF_TERMINAL) - INDENT_AND_ID, 20);
  const line = printable(body);
  return line.length > room ? `${line.slice(0, room - 3).toWellFormed()}...` : line;
}
