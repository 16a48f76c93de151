/** `dlq export`: the dead letters into a file. */
import { once } from 'node:events';
import { Command } from 'commander';
import { EXIT_CODES } from '../../../contract/input/exit-codes.ts';
import { withTarget } from '../../connect.ts';
import { toLine } from '../../dlq/export.ts';
import { createExportFile, type ExportFile } from '../../dlq/export-file.ts';
import { isSelected } from '../../dlq/selection.ts';
import { type Visit, visitLetters } from '../../dlq/visit-letters.ts';
import { withFooter } from '../../help.ts';
import { interruptionSignal } from '../../interruption.ts';
import type { Target, TargetOptions } from '../../target.ts';
import { createLiveLines, formatCount, note, print, printJson } from '../../terminal.ts';
import { withConnection } from '../with-connection.ts';
import { isIncomplete, noteCaveats, unreadableOf } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';
import { type SelectionOptions, selectionOf, withSelection } from './selection-options.ts';

type ExportOptions = TargetOptions & SelectionOptions & { readonly force?: boolean };

export function exportCommand(): Command {
  const command = new Command('export')
    .description('Writes the dead letters to a file: a line of JSON for each. They stay in the queue.')
    .argument('<file>', 'the file to write; - for standard output')
    .option('--force', 'replace the file if it exists')
    .action(exportLetters);
  return withFooter(withTarget(withSelection(command)), EXAMPLES);
}

const EXAMPLES = `
Examples:
  personalize-users dlq export letters.jsonl
  personalize-users dlq export - --error-code InvalidInputException | jq -r '.body | fromjson | .userId'`;

function exportLetters(name: string, options: ExportOptions): Promise<void> {
  return withConnection(options, async (target) => {
    const signal = interruptionSignal();
    const file = name === '-' ? standardOutput(signal) : await createExportFile(name, options.force === true);
    try {
      const { letters, visit } = await writeLetters(target, options, file, signal);
      signal.throwIfAborted();
      await file.finish();
      if (name === '-') note(`${formatCount(letters, 'dead letter')} written.`);
      else if (options.json) printJson(toJson(name, letters, visit));
      else print(`${formatCount(letters, 'dead letter')} written to ${name}.`);
      noteCaveats(visit, target.fifo);
      if (isIncomplete(visit)) process.exitCode = EXIT_CODES.incomplete;
    } catch (error) {
      await file.discard();
      throw error;
    }
  });
}

function toJson(file: string, deadLetters: number, visit: Visit) {
  return { file, deadLetters, unseen: visit.unseen, unreadable: unreadableOf(visit) };
}

async function writeLetters(
  target: Target,
  options: ExportOptions,
  file: ExportFile,
  signal: AbortSignal,
): Promise<{ letters: number; visit: Visit }> {
  const selection = selectionOf(options, Date.now());
  const live = createLiveLines({ silent: options.json === true });
  let letters = 0;
  const visit = await visitLetters(letterQueueOf(target), {
    signal,
    handle: async (received) => {
      const selected = received.filter((letter) => isSelected(letter, selection));
      await file.write(selected.map(toLine));
      letters += selected.length;
      live.show(`Writing ${formatCount(letters, 'dead letter')}...`);
    },
  }).finally(live.clear);
  return { letters, visit };
}

/** @param signal - is aborted when nobody reads any longer, too */
function standardOutput(signal: AbortSignal): ExportFile {
  return {
    write: async (lines) => {
      if (lines.length > 0 && !process.stdout.write(`${lines.join('\n')}\n`)) {
        await once(process.stdout, 'drain', { signal }).catch(() => {});
      }
    },
    finish: async () => {},
    discard: async () => {},
  };
}
