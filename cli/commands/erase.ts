/** `erase`: keeps what is left of erased users, in queues and replays, from bringing them back. */
import { Command, InvalidArgumentError } from 'commander';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import { exactNumber } from '../../contract/message/exact-json.ts';
import { readVersion, type VersionOrder } from '../../contract/message/record-version.ts';
import { reached } from '../aws/reached.ts';
import { askFor } from '../confirmation.ts';
import { withTarget } from '../connect.ts';
import { dynamoDbOf } from '../dynamo-db.ts';
import { type EraseResult, eraseUsers } from '../erase/erase-users.ts';
import { CommandError, UsageError } from '../failure.ts';
import { withFooter } from '../help.ts';
import { interruptionSignal } from '../interruption.ts';
import type { Target, TargetOptions } from '../target.ts';
import { createLiveLines, formatCount, print, printJson } from '../terminal.ts';
import { namesUsers, readUserIds, type UserIdOptions, withUserIds } from '../user-ids.ts';
import { withConnection } from './with-connection.ts';

interface EraseOptions extends TargetOptions, UserIdOptions {
  readonly before?: VersionOrder;
  readonly yes?: boolean;
}

export function eraseCommand(): Command {
  const command = withUserIds(new Command('erase'))
    .option(
      '--before <version>',
      'keep out records with an older `version`: a whole number or a time (default: now)',
      readBefore,
    )
    .option('--yes', 'do not ask')
    .action(erase);
  return withFooter(withTarget(command), HELP);
}

const HELP = `
It needs orderGuard. The table of versions remembers the erasure for 100 days: older records of the user, in the queues or
replayed later, are superseded. A record that a producer sends later brings the user back.

It deletes nothing. docs/erasing-users.md has all steps to erase a user, with and without orderGuard.

Examples:
  personalize-users erase --user-id 4711
  personalize-users erase --user-ids erased.csv --yes`;

async function erase(options: EraseOptions): Promise<void> {
  if (!namesUsers(options)) throw new UsageError('erase needs --user-id ID or --user-ids FILE.');
  const users = await readUserIds(options);
  return withConnection(options, async (target) => {
    const { table, salt } = guardOf(target);
    await askFor(`Keep out what was sent of ${formatCount(users.size, 'user')} to ${target.name} up to now?`, options);
    const signal = interruptionSignal();
    const live = createLiveLines({ silent: options.json === true });
    const client = reached(dynamoDbOf(target));
    try {
      const result = await eraseUsers({
        ...{ client, table, salt, users, signal, version: options.before },
        onWait: (left) => live.show(`${formatCount(left, 'user')} being updated just now: waiting for that to end...`),
      });
      live.clear();
      if (options.json) printJson(result);
      else print(render(result));
      if (result.newer + result.beingUpdated > 0) process.exitCode = EXIT_CODES.incomplete;
    } finally {
      live.clear();
      client.destroy();
    }
    signal.throwIfAborted();
  });
}

function guardOf({ name, settings: { orderTable: table, orderSalt: salt } }: Target) {
  if (table !== undefined && salt !== undefined) return { table, salt };
  throw new CommandError(`${name} has no order guard, and so nothing that remembers an erasure.`, {
    hint: 'Let the queue run empty and purge the dead letters instead: docs/erasing-users.md has the steps.',
  });
}

/** As the message contract reads it: a number, or a time. */
function readBefore(text: string): VersionOrder {
  const isNumber = /^\d{1,20}$/.test(text);
  const reading = readVersion(isNumber ? exactNumber(text.replace(/^0+(?=\d)/, '')) : text);
  if (reading.kind === 'version') return reading.version.order;
  throw new InvalidArgumentError('It takes a whole number, or a time like 2030-01-31T08:00:00Z.');
}

function render({ erased, newer, beingUpdated }: EraseResult): string {
  const lines = [`${formatCount(erased, 'user')}: what is older than the erasure is superseded from now on.`];
  if (newer > 0) {
    lines.push(
      `${formatCount(newer, 'user')}: a record with a later version was delivered already. Was it sent after the erasure? If not, producers' versions are no times: give --before.`,
    );
  }
  if (beingUpdated > 0) lines.push(`${formatCount(beingUpdated, 'user')} were being updated all the time: try again.`);
  return lines.join('\n');
}
