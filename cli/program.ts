/** The commands, together. What a command needs is loaded when it is the one that is asked for. */
import { Command } from 'commander';
import packageFile from '../package.json' with { type: 'json' };
import { withFooter } from './help.ts';
import { WORLD_RUNNER } from './world-hints.ts';

/** A command that is not loaded yet. */
interface Entry {
  readonly description: string;
  /** Makes it whole: arguments, options, help and what it does. */
  readonly load: () => Promise<Command>;
}

const COMMANDS: Readonly<Record<string, Entry>> = {
  send: {
    description: 'Sends users from a CSV or JSON file to the users queue.',
    load: async () => (await import('./commands/send.ts')).sendCommand(),
  },
  import: {
    description: 'Imports a large first load in bulk, by way of S3.',
    load: async () => (await import('./commands/import.ts')).importCommand(),
  },
  status: {
    description: 'Shows what waits, how fast it is delivered, and what failed.',
    load: async () => (await import('./commands/status.ts')).statusCommand(),
  },
  doctor: {
    description: 'Checks a deployment, and says what to do about each problem.',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  },
  schema: {
    description: "Prints the dataset's Avro schema.",
    load: async () => (await import('./commands/schema.ts')).schemaCommand(),
  },
  dlq: {
    description: 'Lists, exports, replays and purges dead letters.',
    load: async () => (await import('./commands/dlq.ts')).dlqCommand(),
  },
  erase: {
    description: 'Stops old records from bringing erased users back.',
    load: async () => (await import('./commands/erase.ts')).eraseCommand(),
  },
  init: {
    description: 'Writes a CDK app with the pipeline into this empty folder.',
    load: async () => (await import('./commands/init.ts')).initCommand(),
  },
};

const EXAMPLES = `
Examples:
  personalize-users send users.csv --dry-run
  personalize-users send users.csv
  personalize-users status --watch
  personalize-users dlq list
  personalize-users dlq replay --help

With --local, commands use the embedded world of ${WORLD_RUNNER}, and need no account.

To complete commands with the Tab key (also zsh, fish, powershell):
  source <(personalize-users completion bash)`;

/**
 * Makes the program `personalize-users`.
 *
 * @param words - what was typed after its name: commands that these do not name have a description only.
 *   @default all commands are whole
 */
export async function createProgram(words: readonly string[] = Object.keys(COMMANDS)): Promise<Command> {
  const program = new Command('personalize-users')
    .description('Sends users to the pipeline, shows how it is doing, and handles its dead letters.')
    .version(packageFile.version, '-V, --version', 'print the version');
  const completes = words[0] === 'complete' || words[0] === 'completion';
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = completes || words.includes(name) ? await load() : new Command(name);
    program.addCommand(command.description(description));
  }
  if (completes) (await import('@bomb.sh/tab/commander')).default(program, { completionCommandName: 'completion' });
  else
    program.addCommand(new Command('completion').description('Prints a script that completes commands in your shell.'));
  return withFooter(program, EXAMPLES);
}
