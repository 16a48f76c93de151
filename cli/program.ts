/** The commands, together. */
import { Command } from 'commander';
import { dlqCommand } from './commands/dlq.ts';
import { importCommand } from './commands/import.ts';
import { schemaCommand } from './commands/schema.ts';
import { sendCommand } from './commands/send.ts';
import { statusCommand } from './commands/status.ts';

/** Makes the program `personalize-users`. */
export function createProgram(): Command {
  return new Command('personalize-users')
    .description('Sends users to the pipeline, shows how it is doing, and looks after its dead letters.')
    .addCommand(sendCommand())
    .addCommand(importCommand())
    .addCommand(statusCommand())
    .addCommand(schemaCommand())
    .addCommand(dlqCommand());
}
