/** `send`: users from a file, or from standard input, into the users queue. */
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { type DatasetRules, SCHEMA_CHECKS } from '../../contract/dataset/admission.ts';
import { readUsersSchema } from '../../contract/dataset/read-users-schema.ts';
import type { UsersSchema } from '../../contract/dataset/users-schema.ts';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { messageGroup, wholeNumberFrom } from '../arguments.ts';
import { connect, withTarget } from '../connect.ts';
import { CommandError, UsageError } from '../failure.ts';
import { withFooter } from '../help.ts';
import { interruptionSignal } from '../interruption.ts';
import { dryRun } from '../send/dry-run.ts';
import { advise } from '../send/estimate.ts';
import { withFileOptions } from '../send/file-options.ts';
import { recognize } from '../send/format.ts';
import { type Input, openInput } from '../send/input.ts';
import { openRejects } from '../send/rejects-file.ts';
import { beginSend, unresumable } from '../send/resume.ts';
import { sendInput } from '../send/send-input.ts';
import {
  checkOptions,
  DEFAULT_SETTINGS,
  rejectsFileOf,
  type SendOptions,
  type SendRequest,
} from '../send/send-options.ts';
import type { Target } from '../target.ts';

const HELP = `
CSV: the first line names the columns. One is USER_ID. The others are properties, named as in the schema (MEMBERSHIP_TYPE) or
in camelCase (membershipType). An empty value leaves the property out. All values are text, unless a schema says which are
numbers and booleans (--schema, or the deployment's).

JSON: one message a line, in an array, or one after the other. A message is a user, or {"users": [...]}.

A record that breaks the contract, or surely does not fit the schema, is rejected: it goes to the rejects file with its line
and the reason, and the exit code is 3. A user that may not fit is sent, and PutUsers decides.

Ctrl-C finishes what is in flight. --resume continues from there, also after a crash. It may send some users again, which
does no harm.

Examples:
  personalize-users send users.csv --dry-run
  personalize-users send users.csv --resume
  personalize-users send users.jsonl.gz --users-per-message 10
`;

export function sendCommand(): Command {
  const command = new Command('send')
    .argument('<file>', 'CSV or JSON in UTF-8, also with gzip; - for standard input')
    .option(
      '--users-per-message <n>',
      "how many users to put into a message (default: the deployment's usersPerMessage)",
      wholeNumberFrom(1, 10_000),
    )
    .option('--schema <file>', "the dataset's Avro schema (default: the deployment's)")
    .addOption(
      new Option(
        '--schema-check <name>',
        "what to do with users that do not fit it (default: the deployment's, or certain)",
      ).choices(SCHEMA_CHECKS),
    );
  withFileOptions(command)
    .option('--message-group <id>', 'FIFO queue: one message group for all users (default: one for each)', messageGroup)
    .option(
      '--source <name>',
      'standard queue: the name of where the users come from (default: a new one, so that other users do not wait)',
      messageGroup,
    )
    .option(
      '--concurrency <n>',
      'batches that are sent at the same time; 1 on a FIFO queue',
      wholeNumberFrom(1, 100),
      10,
    )
    .option('--resume', 'continue an earlier send of this file')
    .option('--restart', 'forget an earlier send of this file, and start again')
    .option('--dry-run', 'only read and check the file; asks no deployment, unless you name one')
    .action(async (file: string, options: SendOptions, command: Command) => {
      const signal = interruptionSignal();
      const schema = options.schema === undefined ? undefined : await readSchema(options.schema);
      const input = await openInput(file, signal);
      const asksNobody =
        options.dryRun === true && !PLACES.some((name) => command.getOptionValueSource(name) === 'cli');
      let target: Target | undefined;
      try {
        target = asksNobody ? undefined : await connect(options);
        await send({ input, dataset: datasetOf(schema, target, options), target, options, signal });
      } finally {
        target?.close();
        await input.close();
      }
    });
  return withFooter(withTarget(command), HELP);
}

const PLACES = ['stack', 'profile', 'region', 'local', 'world'];

async function send(what: SendRequest): Promise<void> {
  const { input, target, options } = what;
  const settings = target?.settings ?? DEFAULT_SETTINGS;
  checkOptions(what, settings.usersPerMessage);
  const format = await recognize(input, {
    ...options,
    schema: what.dataset?.schema,
    readMessage: createMessageReader({ maxPropertiesLength: settings.maxPropertiesLength, dataset: what.dataset }),
  });
  if (options.dryRun) return dryRun(what, format);

  const rejectsFile = rejectsFileOf(input, options);
  const progression = isFile(input)
    ? await beginSend(input, { queueUrl: target!.queueUrl, format, rejectsFile }, options)
    : unresumable(input, format, options.source);
  advise(input, format, progression.from.position, settings.requestsPerSecond);
  const rejects = await openRejects(rejectsFile, progression.from.rejectsBytes);
  try {
    await sendInput({ ...what, input: progression.input, target: target!, format, rejects, progression });
  } finally {
    await rejects.close();
  }
}

function isFile(input: Input): input is Input & { readonly file: object } {
  return input.file !== undefined;
}

async function readSchema(file: string): Promise<UsersSchema> {
  try {
    return readUsersSchema(await readFile(file));
  } catch (error) {
    throw new CommandError(`${file} is no Avro schema of a Users dataset: ${(error as Error).message}.`, {
      hint: 'personalize-users schema prints the one of a dataset.',
    });
  }
}

/** The dataset as the options say, or else the deployment. */
function datasetOf(
  given: UsersSchema | undefined,
  target: Target | undefined,
  { schemaCheck }: SendOptions,
): DatasetRules | undefined {
  const schema = given ?? target?.settings.datasetSchema;
  const check = schemaCheck ?? target?.settings.schemaCheck;
  if (schemaCheck !== undefined && schema === undefined) {
    throw new UsageError(
      '--schema-check needs the schema, and the deployment does not know it.',
      'Give --schema FILE.',
    );
  }
  return schema && { schema, ...(check && { check }) };
}
