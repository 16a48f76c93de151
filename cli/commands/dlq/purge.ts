/** `dlq purge`: deletes dead letters that were exported, or that are of users who are to be erased. */
import { Command } from 'commander';
import { EXIT_CODES } from '../../../contract/input/exit-codes.ts';
import { wholeNumber } from '../../arguments.ts';
import { queueDepth } from '../../aws/queue-depth.ts';
import { askFor } from '../../confirmation.ts';
import { withTarget } from '../../connect.ts';
import { readExportIndex } from '../../dlq/export.ts';
import { type PurgeResult, purgeLetters } from '../../dlq/purge.ts';
import { type PurgeUsersResult, purgeUsers } from '../../dlq/purge-users.ts';
import { UsageError } from '../../failure.ts';
import { withFooter } from '../../help.ts';
import { interruptionSignal } from '../../interruption.ts';
import type { TargetOptions } from '../../target.ts';
import { createLiveLines, formatCount, note, print, printJson } from '../../terminal.ts';
import { namesUsers, readUserIds, type UserIdOptions, withUserIds } from '../../user-ids.ts';
import { withConnection } from '../with-connection.ts';
import { isIncomplete, noteCaveats, unreadableOf } from './caveats.ts';
import { letterQueueOf } from './letter-queue.ts';
import { type SelectionOptions, selectionOf, withSelection } from './selection-options.ts';

interface PurgeOptions extends TargetOptions, SelectionOptions, UserIdOptions {
  readonly exported?: string;
  readonly mentioned?: boolean;
  readonly limit?: number;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
}

export function purgeCommand(): Command {
  const command = new Command('purge')
    .description(
      'Deletes dead letters for good: those that an export holds, with the same body, or those of users to erase.',
    )
    .option('--exported <file>', 'a file that dlq export wrote');
  withUserIds(command).option(
    '--mentioned',
    'with users: also delete unreadable letters that name one of them, whoever else they name',
  );
  withSelection(command)
    .option('--limit <count>', 'delete this many at most (with --exported)', wholeNumber)
    .option('--dry-run', 'only count; delete nothing')
    .option('--yes', 'do not ask')
    .action(purge);
  return withFooter(withTarget(command), HELP);
}

const HELP = `
A letter that also holds other users is replaced by one with only those. A letter that names a user and cannot be read stays,
and is counted. docs/erasing-users.md has all steps to erase a user.

Examples:
  personalize-users dlq export letters.jsonl
  personalize-users dlq purge --exported letters.jsonl --error-code MessageContractViolation
  personalize-users dlq purge --exported letters.jsonl --yes
  personalize-users dlq purge --user-ids erased.csv`;

async function purge(options: PurgeOptions): Promise<void> {
  if (namesUsers(options)) return purgeOfUsers(options);
  if (options.exported === undefined) {
    throw new UsageError(
      'dlq purge needs --exported FILE, or --user-id ID or --user-ids FILE.',
      'dlq export writes one.',
    );
  }
  if (options.mentioned) throw new UsageError('--mentioned is for --user-id and --user-ids.');
  return purgeExported({ ...options, exported: options.exported });
}

/** Of what they are, nothing is to stay: no export is asked for. */
async function purgeOfUsers(options: PurgeOptions): Promise<void> {
  if (options.exported !== undefined) throw new UsageError('Give --exported, or users, and not both.');
  if (options.limit !== undefined) throw new UsageError('--limit is for --exported.');
  const users = await readUserIds(options);
  return withConnection(options, async (target) => {
    if (!options.dryRun) {
      await askFor(
        `Delete for good the dead letters of ${formatCount(users.size, 'user')} in ${target.name}?`,
        options,
      );
    }
    const signal = interruptionSignal();
    const live = createLiveLines({ silent: options.json === true });
    const result = await purgeUsers({
      ...selectionOf(options, Date.now()),
      from: letterQueueOf(target),
      users,
      mentioned: options.mentioned,
      keepsVersions: target.settings.orderTable !== undefined,
      dryRun: options.dryRun,
      signal,
      onProgress: (deleted) => live.show(`Deleted ${formatCount(deleted, 'dead letter')}...`),
    }).finally(live.clear);
    if (options.json) printJson(ofUsersToJson(result, options));
    else print(renderOfUsers(result, options));
    noteCaveats(result.visit, target.fifo);
    const stays = result.shared.length + result.unclear.length > 0;
    if (stays || isIncomplete(result.visit)) process.exitCode = EXIT_CODES.incomplete;
    signal.throwIfAborted();
  });
}

function ofUsersToJson(
  { deleted, replaced, shared, unclear, visit }: PurgeUsersResult,
  { dryRun = false }: PurgeOptions,
) {
  const { notRemoved: notDeleted, unseen, hiddenByOthers } = visit;
  return {
    dryRun,
    deleted,
    replaced,
    shared,
    unclear,
    notDeleted,
    unseen,
    hiddenByOthers,
    unreadable: unreadableOf(visit),
  };
}

function renderOfUsers(
  { deleted, replaced, shared, unclear, visit }: PurgeUsersResult,
  { dryRun }: PurgeOptions,
): string {
  const letters = (count: number) => formatCount(count, 'dead letter');
  const lines = [`${letters(deleted)} ${dryRun ? 'would be deleted' : 'deleted'}.`];
  if (replaced > 0)
    lines.push(`Of them, ${letters(replaced)} held other users, too: each has a new letter with those.`);
  if (visit.notRemoved > 0) lines.push(`${letters(visit.notRemoved)} could not be deleted.`);
  if (shared.length > 0) {
    lines.push(`${letters(shared.length)} of them and of others stay: take the users out with dlq replay --edit.`);
    lines.push(...named(shared));
  }
  if (unclear.length > 0) {
    lines.push(`${letters(unclear.length)} cannot be read as users, and name one of these: they stay.`);
    lines.push(...named(unclear), 'Look at them (dlq show ID); --mentioned deletes them, too.');
  }
  return lines.join('\n');
}

/** Ids that are shown, at most. */
const MOST_NAMED = 10;

function named(ids: readonly string[]): readonly string[] {
  const more = ids.length > MOST_NAMED ? [`  and ${formatCount(ids.length - MOST_NAMED, 'other')}`] : [];
  return [...ids.slice(0, MOST_NAMED).map((id) => `  ${id}`), ...more];
}

interface ExportedOptions extends PurgeOptions {
  readonly exported: string;
}

function purgeExported(options: ExportedOptions): Promise<void> {
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

function render({ deleted, notExported, visit }: PurgeResult, { dryRun, exported }: ExportedOptions): string {
  const lines = [`${formatCount(deleted, 'dead letter')} ${dryRun ? 'would be deleted' : 'deleted'}.`];
  if (notExported > 0) lines.push(`${formatCount(notExported, 'dead letter')} not in ${exported}: they stay.`);
  if (visit.notRemoved > 0) lines.push(`${formatCount(visit.notRemoved, 'dead letter')} could not be deleted.`);
  return lines.join('\n');
}
