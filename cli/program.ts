/** The commands, together. What a command needs is loaded when it is the one that is asked for. */
import { Command } from 'commander';

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
  schema: {
    description: "Prints the Avro schema of the deployment's dataset, for send --schema and the setting schemaFile.",
    load: async () => (await import('./commands/schema.ts')).schemaCommand(),
  },
  dlq: {
    description: 'Looks into the dead-letter queue, replays and purges it.',
    load: async () => (await import('./commands/dlq.ts')).dlqCommand(),
  },
};

/**
 * Makes the program `personalize-users`.
 *
 * @param words - what was typed after its name: commands that these do not name have a description only.
 *   @default all commands are whole
 */
export async function createProgram(words: readonly string[] = Object.keys(COMMANDS)): Promise<Command> {
  const program = new Command('personalize-users').description(
    'Sends users to the pipeline, shows how it is doing, and looks after its dead letters.',
  );
  for (const [name, { description, load }] of Object.entries(COMMANDS)) {
    const command = words.includes(name) ? await load() : new Command(name);
    program.addCommand(command.description(description));
  }
  return program;
}
