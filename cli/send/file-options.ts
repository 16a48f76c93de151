/** How commands are told of a file of users: `send` and `import` read the same ones. */
import { type Command, Option } from 'commander';
import { readDelimiter } from './delimiter.ts';
import { FORMATS } from './format.ts';

/** Gives a command the options. */
export function withFileOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--format <name>', 'the format of the file (default: by its name or beginning)').choices(FORMATS),
    )
    .option(
      '--delimiter <character>',
      'what separates the values of CSV: a character, or tab (default: ,)',
      readDelimiter,
    )
    .option('--rejects <file>', 'the file for rejected records (default: FILE.rejects.jsonl)');
}
