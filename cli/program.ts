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
    description: 'Sends users to the users queue: CSV or JSON, however many.',
    load: async () => (await import('./commands/send.ts')).sendCommand(),
  },
  import: {
    description: 'Imports users into the dataset in bulk, by way of S3: for first loads that would take hours.',
    load: async () => (await import('./commands/import.ts')).importCommand(),
  },
  status: {
    description: 'Shows how the pipeline is doing: what waits, since when, how fast it goes, and what has failed.',
    load: async () => (await import('./commands/status.ts')).statusCommand(),
  },
  doctor: {
    description: 'Checks a deployment: is all of it there, as it was deployed, and does anybody hear of alarms?',
    load: async () => (await import('./commands/doctor.ts')).doctorCommand(),
  },
  schema: {
    description: "Prints the Avro schema of the deployment's dataset, for send --schema and the setting schemaFile.",
    load: async () => (await import('./commands/schema.ts')).schemaCommand(),
  },
  dlq: {
    description: 'Looks into the dead-letter queue, replays and purges it.',
    load: async () => (await import('./commands/dlq.ts')).dlqCommand(),
  },
  erase: {
    description: 'Keeps erased users out: what is left of them in queues and replays does not bring them back.',
    load: async () => (await import('./commands/erase.ts')).eraseCommand(),
  },
  init: {
    description: 'Writes a CDK app that deploys the pipeline into this folder, which has to be empty.',
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

With --local, a command is about the embedded world of ${WORLD_RUNNER}, and needs no account. To have the
shell complete commands and options: source <(personalize-users completion bash), or zsh, fish, powershell.`;

/**
 * Makes the program `personalize-users`.
 *
 * @param words - what was typed after its name: commands that these do not name have a description only.
 *   @default all commands are whole
 */
export async function createProgram(words: readonly string[] = Object.keys(COMMANDS)): Promise<Command> {
  const program = new Command('personalize-users')
    .description('Sends users to the pipeline, shows how it is doing, and looks after its dead letters.')
    .version(packageFile.version, '-V, --version', 'print the version');
  const completes = words[0] === 'complete' || words[0] === 'completion';
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = completes || words.includes(name) ? await load() : new Command(name);
    program.addCommand(command.description(description));
  }
  if (completes) (await import('@bomb.sh/tab/commander')).default(program, { completionCommandName: 'completion' });
  else
    program.addCommand(
      new Command('completion').description('Prints a script by which the shell completes commands and options.'),
    );
  return withFooter(program, EXAMPLES);
}
