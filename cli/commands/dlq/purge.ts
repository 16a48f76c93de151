/** `dlq purge`: deletes dead letters that were exported. */
import { Command, Option } from 'commander';
import { wholeNumber } from '../../arguments.ts';
import { queueDepth } from '../../aws/queue-depth.ts';
import { askFor } from '../../confirmation.ts';
import { withTarget } from '../../connect.ts';
import { readExportIndex } from '../../dlq/export.ts';
import { type PurgeResult, purgeLetters } from '../../dlq/purge.ts';
import { EXIT_CODES } from '../../exit-codes.ts';
import { withFooter } from '../../help.ts';
import { interruptionSignal } from '../../interruption.ts';
import type { TargetOptions } from '../../target.ts';
import { createLiveLines, formatCount, note, print, printJson } from '../../terminal.ts';
import { withConnection } from '../with-connection.ts';
import { isIncomplete, noteCaveats, unreadableOf } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';
import { type SelectionOptions, selectionOf, withSelection } from './selection-options.ts';

interface PurgeOptions extends TargetOptions, SelectionOptions {
  readonly exported: string;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function purgeCommand(): Command {
  const command = new Command('purge')
    .description(
      'Deletes dead letters for good, but only those that an export holds, each with the body that it has now.',
    )
    .addOption(new Option('--exported <file>', 'what dlq export has written').makeOptionMandatory());
  withSelection(command)
    .option('--limit <count>', 'delete so many at most', wholeNumber)
    .option('--dry-run', 'delete nothing, only count')
    .option('--yes', 'do not ask')
    .action(purge);
  return withFooter(withTarget(command), EXAMPLES);
}

const EXAMPLES = `
Examples:
  personalize-users dlq export letters.jsonl
  personalize-users dlq purge --exported letters.jsonl --error-code MessageContractViolation
  personalize-users dlq purge --exported letters.jsonl --yes`;

function purge(options: PurgeOptions): Promise<void> {
  return withConnection(options, async (target) => {
    const exported = await readExportIndex(options.exported);
    const selection = selectionOf(options, Date.now());
    const from = letterQueueOf(target);
    if (!options.dryRun) {
      const { visible } = await queueDepth(from.sqs, from.url);
      const most = Math.min(visible, exported.size, options.limit ?? visible);
      await askFor(`Delete for good up to ${formatCount(most, 'dead letter')} of ${target.name}?`, options);
    }
    const signal = interruptionSignal();
    const live = createLiveLines({ silent: options.json === true });
    let sofar = 0;
    const onProgress = (deleted: number) => {
      sofar = deleted;
      live.show(`Deleted ${formatCount(deleted, 'dead letter')}...`);
    };
    try {
      const { limit, dryRun } = options;
      const result = await purgeLetters({ ...selection, from, exported, limit, dryRun, signal, onProgress });
      live.clear();
      if (options.json) printJson(toJson(result, options));
      else print(render(result, options));
      noteCaveats(result.visit, target.fifo);
      if (result.notExported > 0 || isIncomplete(result.visit)) process.exitCode = EXIT_CODES.incomplete;
    } catch (error) {
      live.clear();
      if (sofar > 0) note(`${formatCount(sofar, 'dead letter')} were deleted before it failed.`);
      throw error;
    }
    signal.throwIfAborted();
  });
}

function toJson({ deleted, notExported, notSelected, visit }: PurgeResult, { dryRun = false }: PurgeOptions) {
  const { notRemoved: notDeleted, unseen, hiddenByOthers } = visit;
  const unreadable = unreadableOf(visit);
  return { dryRun, deleted, notExported, notDeleted, notSelected, unseen, hiddenByOthers, unreadable };
}

function render({ deleted, notExported, visit }: PurgeResult, { dryRun, exported }: PurgeOptions): string {
  const lines = [`${formatCount(deleted, 'dead letter')} ${dryRun ? 'would be deleted' : 'deleted'}.`];
  if (notExported > 0) lines.push(`${formatCount(notExported, 'dead letter')} not in ${exported}: they stay.`);
  if (visit.notRemoved > 0) lines.push(`${formatCount(visit.notRemoved, 'dead letter')} could not be deleted.`);
  return lines.join('\n');
}
