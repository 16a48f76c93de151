/** `dlq show`: one dead letter, all of it. */
import { Command } from 'commander';
import type { Letter } from '../../../aws/sqs/letter.ts';
import { withTarget } from '../../connect.ts';
import { type ExportedLetter, toExported } from '../../dlq/export.ts';
import { visitLetters } from '../../dlq/visit-letters.ts';
import { CommandError } from '../../failure.ts';
import { withFooter } from '../../help.ts';
import { interruptionSignal } from '../../interruption.ts';
import type { TargetOptions } from '../../target.ts';
import { formatAge, print, printable, printJson, styled } from '../../terminal.ts';
import { withConnection } from '../with-connection.ts';
import { caveatsOf } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';

export function showCommand(): Command {
  const command = new Command('show')
    .description("Shows one dead letter: its reason, the producer's attributes, and its body.")
    .argument('<id>', 'its message ID, or the beginning of it; dlq list shows IDs')
    .action(show);
  return withFooter(withTarget(command), EXAMPLES);
}

const EXAMPLES = `
Examples:
  personalize-users dlq show 5fea7756-0ea4-451a-a703-a558b933e274
  personalize-users dlq show 5fea7756 --json | jq -r .body`;

function show(id: string, options: TargetOptions): Promise<void> {
  return withConnection(options, async (target) => {
    const signal = interruptionSignal();
    let found: Letter | undefined;
    const visit = await visitLetters(letterQueueOf(target), {
      signal,
      isEnough: () => found !== undefined,
      handle: (letters) => {
        found ??= letters.find(({ messageId }) => messageId.startsWith(id));
      },
    });
    if (!found) {
      signal.throwIfAborted();
      const unreadable = visit.unreadable.find(({ messageId }) => messageId.startsWith(id));
      if (unreadable) throw new CommandError(`The dead letter ${id} cannot be read: ${unreadable.problem}.`);
      throw new CommandError(`There is no dead letter ${id}.`, {
        hint: [...caveatsOf(visit, target.fifo), 'IDs are in: personalize-users dlq list'].join('\n'),
      });
    }
    const letter = toExported(found);
    if (options.json) printJson(letter);
    else print(render(letter, found.sentAt, target.fifo));
  });
}

function render(
  { messageId, sentAt, errorCode, errorMessage, body, attributes, messageGroupId, awsTraceHeader }: ExportedLetter,
  at: number,
  isFifo: boolean,
) {
  const rows: [string, string][] = [
    ['Message ID', messageId],
    ['Came', `${sentAt} (${formatAge(at)})`],
    ['ErrorCode', errorCode],
    ['ErrorMessage', errorMessage],
    ...(messageGroupId === undefined
      ? []
      : ([[isFifo ? 'Message group' : 'Source', messageGroupId]] as [string, string][])),
    ...(awsTraceHeader === undefined ? [] : ([['AWSTraceHeader', awsTraceHeader]] as [string, string][])),
    ...Object.entries(attributes)
      .filter(([name]) => name !== 'ErrorCode' && name !== 'ErrorMessage')
      .map(([name, value]): [string, string] => [name, value.stringValue ?? `${value.binaryValue} (base64)`]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const lines = rows.map(([name, value]) => `${styled('bold', printable(name).padEnd(width))}${printable(value)}`);
  return [...lines, '', printable(body, { keepLines: true })].join('\n');
}
