/** `dlq`: the dead letters. */
import { Command } from 'commander';
import { exportCommand } from './dlq/export.ts';
import { listCommand } from './dlq/list.ts';
import { purgeCommand } from './dlq/purge.ts';
import { replayCommand } from './dlq/replay.ts';
import { showCommand } from './dlq/show.ts';

export function dlqCommand(): Command {
  return new Command('dlq')
    .addCommand(listCommand())
    .addCommand(showCommand())
    .addCommand(exportCommand())
    .addCommand(replayCommand())
    .addCommand(purgeCommand());
}
