/** `schema`: the Avro schema of the deployment's dataset, or the JSON Schema of the messages that fit it. */
import { writeFile } from 'node:fs/promises';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import { Command } from 'commander';
import { readUsersSchema, SchemaError } from '../../contract/dataset/read-users-schema.ts';
import { publishedSchema } from '../../contract/message/published-schema.ts';
import { reached } from '../aws/reached.ts';
import { withTarget } from '../connect.ts';
import { fetchSchema } from '../dataset-schema.ts';
import { CommandError, UsageError } from '../failure.ts';
import { findDataset, readDatasetArn } from '../find-dataset.ts';
import { withFooter } from '../help.ts';
import { clientSettings } from '../stack-target.ts';
import type { TargetOptions } from '../target.ts';
import { note, print } from '../terminal.ts';
import { WORLD_RUNNER } from '../world-hints.ts';

interface SchemaOptions extends TargetOptions {
  readonly datasetArn?: string;
  readonly messages?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

const HELP = `
send --schema and the setting schemaFile take what it prints. It asks Personalize (DescribeDataset, DescribeSchema). In PowerShell
on Windows give --output: > writes UTF-16 there.

Examples:
  personalize-users schema > users-schema.avsc
  personalize-users schema --dataset-arn arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS
  personalize-users schema --messages --output message.schema.json`;

const NO_LOCAL_SCHEMA = {
  problem: 'The embedded world has no Personalize to ask for a schema.',
  hint: `Its schema is the file that it was started with (${WORLD_RUNNER} --schema FILE, samples/users-schema.avsc by default).`,
};

export function schemaCommand(): Command {
  const command = new Command('schema')
    .option('--dataset-arn <arn>', "the dataset, deployed or not (default: the stack's)", readDatasetArn)
    .option('--messages', 'print a JSON Schema of the messages that fit it instead')
    .option('--output <file>', 'write to this file (default: standard output)')
    .option('--force', 'replace the file if it exists')
    .action(async (options: SchemaOptions) => {
      if (options.force && options.output === undefined) throw new UsageError('--force is for --output.');
      const { datasetArn, place } = await findDataset(options, NO_LOCAL_SCHEMA);
      const client = reached(new PersonalizeClient(clientSettings(place)));
      try {
        await write(render(await fetchSchema(client, datasetArn), datasetArn, options), options);
      } finally {
        client.destroy();
      }
    });
  return withFooter(withTarget(command), HELP);
}

function render(text: string, datasetArn: string, { messages }: SchemaOptions): string {
  try {
    const schema = readUsersSchema(text);
    return JSON.stringify(messages ? publishedSchema(schema) : JSON.parse(text), null, 2);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new CommandError(`The schema of ${datasetArn} cannot be used: ${error.message}.`);
  }
}

async function write(text: string, { output, force }: SchemaOptions): Promise<void> {
  if (output === undefined) return print(text);
  try {
    await writeFile(output, `${text}\n`, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new UsageError(`${output} is there already.`, 'Give another name, or --force to replace it.');
  }
  note(`Written to ${output}.`);
}
