/** What `npm start --` takes. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { readCommandLine, withList } from '../contract/input/command-line.ts';
import { type FaultSettings, readFaults } from './put-users/faults.ts';
import {
  ACCEPTED_BY_DEFAULT,
  readAccepted,
  UNCERTAIN_MISFITS,
  type UncertainKind,
} from './put-users/uncertain-misfits.ts';

export interface Arguments {
  /** The file whose messages are sent first, if any. */
  readonly users?: string;
  /** The file of the dataset's Avro schema, if users are to be held to one. */
  readonly schema: string | undefined;
  /** The kinds of misfit to that schema that PutUsers takes nevertheless. */
  readonly accept: readonly UncertainKind[];
  /** Whether to stay up afterwards. */
  readonly serve: boolean;
  readonly faults: Partial<FaultSettings>;
  /** Settings of the stack, as `cdk -c` takes them. */
  readonly context: Readonly<Record<string, string>>;
  /** Whether to show the function's log lines. */
  readonly logs: boolean;
}

/**
 * Reads the arguments. For `--help`, and for arguments that are no use, it prints what to do and ends the process.
 *
 * @param samples - what is sent, and what users are held to, when no file is given
 */
export function readArguments(argv: readonly string[], samples: { users: string; schema: string }): Arguments {
  const command = new Command('npm start --')
    .description(
      'Runs the pipeline on this machine: makes the stack, starts everything in it, and sends users through it.',
    )
    .option('--users <file>', 'messages to send: JSON Lines, one message a line (default: the samples)')
    .option('--schema <file>', "the Users dataset's Avro schema (default: the samples')")
    .option('--no-schema', 'a dataset that takes any properties')
    .addOption(
      new Option(
        '--accept <kinds>',
        'what PutUsers takes although it does not fit the schema: kinds of misfit (kind,kind), all or none',
      )
        .argParser(parseAccepted)
        .default(ACCEPTED_BY_DEFAULT, ACCEPTED_BY_DEFAULT.join(',')),
    )
    .option('--serve', 'stay up, and print commands to paste; sends nothing without --users', false)
    .addOption(
      new Option(
        '--faults <rates>',
        'rates of faults of PutUsers, such as throttling=0.05,serverError=0.02 (also conflict, dropped, slow, and a seed)',
      )
        .argParser(parseFaults)
        .default({}, 'none'),
    )
    .addOption(
      new Option('-c, --context <name=value>', 'a setting of the stack, as for cdk deploy; may be given several times')
        .argParser(addContext)
        .default({}, 'none'),
    )
    .option('--logs', "show the function's log lines", false);

  const { users, schema, accept, serve, faults, context, logs } = readCommandLine(
    withList(command, 'Kinds of misfit, for --accept:', UNCERTAIN_MISFITS),
    argv,
  ).opts();
  return {
    users: users ?? (serve ? undefined : samples.users),
    schema: schema === false ? undefined : (schema ?? samples.schema),
    accept,
    serve,
    faults,
    context,
    logs,
  };
}

/** Reads rates of faults: names and numbers, with commas between. */
export function parseFaults(text: string): Partial<FaultSettings> {
  const settings = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name = '', value = '', ...more] = part.split('=').map((piece) => piece.trim());
    if (name === '') throw new InvalidArgumentError(`It takes name=number, with commas between, ${FAULTS_EXAMPLE}.`);
    if (value === '')
      throw new InvalidArgumentError(`${name} has no number: it takes ${name}=number, ${FAULTS_EXAMPLE}.`);
    if (!NUMBER.test(value) || more.length > 0) {
      throw new InvalidArgumentError(`${name} takes a number, ${FAULTS_EXAMPLE}, not ${[value, ...more].join('=')}.`);
    }
    if (settings.has(name)) throw new InvalidArgumentError(`${name} is there twice.`);
    settings.set(name, Number(value));
  }
  try {
    return readFaults(Object.fromEntries(settings));
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

const FAULTS_EXAMPLE = 'such as throttling=0.05,seed=7';
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

function parseAccepted(text: string): readonly UncertainKind[] {
  try {
    return readAccepted(text);
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

export function addContext(text: string, sofar: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It takes name=value, such as batchSize=100.');
  return { ...sofar, [text.slice(0, at)]: text.slice(at + 1) };
}
