/** `schema`: the Avro schema of the deployment's dataset, or the JSON Schema of the messages that fit it. */
import { writeFile } from 'node:fs/promises';
import { PersonalizeClient } from '@aws-sdk/client-personalize';
import { Command, InvalidArgumentError } from 'commander';
import { isUsersDatasetArn, placeOf as placeOfDataset } from '../../contract/dataset/dataset-arn.ts';
import { readUsersSchema, SchemaError } from '../../contract/dataset/read-users-schema.ts';
import { publishedSchema } from '../../contract/message/published-schema.ts';
import { reached } from '../aws/reached.ts';
import { withTarget } from '../connect.ts';
import { fetchSchema } from '../dataset-schema.ts';
import { CommandError, UsageError } from '../failure.ts';
import { clientSettings, missingOutput, placeOf } from '../stack-target.ts';
import type { AwsPlace, TargetOptions } from '../target.ts';
import { note, print } from '../terminal.ts';
import { withConnection } from './with-connection.ts';

interface SchemaOptions extends TargetOptions {
  readonly datasetArn?: string;
  readonly messages?: boolean;
  readonly output?: string;
  readonly force?: boolean;
}

const HELP = `
It asks Personalize: DescribeDataset and DescribeSchema. In Windows' PowerShell, > writes UTF-16: give --output instead.

Examples:
  personalize-users schema > users-schema.avsc
  personalize-users schema --dataset-arn arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS
  personalize-users schema --messages --output message.schema.json`;

export function schemaCommand(): Command {
  return withTarget(new Command('schema'))
    .description("Prints the Avro schema of the deployment's dataset, for send --schema and the setting schemaFile.")
    .option('--dataset-arn <arn>', 'of this dataset, deployed or not (default: the one of the stack)', readDatasetArn)
    .option('--messages', 'a JSON Schema instead: of the messages whose users fit the dataset')
    .option('--output <file>', 'write it to a file (default: standard output)')
    .option('--force', 'replace the file if it is there')
    .addHelpText('after', HELP)
    .action(async (options: SchemaOptions) => {
      if (options.force && options.output === undefined) throw new UsageError('--force is for --output.');
      const { datasetArn, place } = await findDataset(options);
      const client = reached(new PersonalizeClient(clientSettings(place)));
      try {
        await write(render(await fetchSchema(client, datasetArn), datasetArn, options), options);
      } finally {
        client.destroy();
      }
    });
}

interface Dataset {
  readonly datasetArn: string;
  readonly place: AwsPlace;
}

async function findDataset(options: SchemaOptions): Promise<Dataset> {
  if (options.datasetArn !== undefined) {
    // Only its own region knows of it.
    return {
      datasetArn: options.datasetArn,
      place: { ...placeOf(options), region: placeOfDataset(options.datasetArn).region },
    };
  }
  return withConnection(options, async (target): Promise<Dataset> => {
    if (target.kind === 'local') {
      throw new CommandError('The embedded world has no Personalize to ask for a schema.', {
        hint: 'Its schema is the file that it was started with: npm start -- --schema FILE, samples/users-schema.avsc by default.',
      });
    }
    return { datasetArn: target.outputs.DatasetArn ?? missingOutput(target.name, 'DatasetArn'), place: target.place };
  });
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

function readDatasetArn(text: string): string {
  if (isUsersDatasetArn(text)) return text;
  throw new InvalidArgumentError(
    'It takes the ARN of a Users dataset, like arn:aws:personalize:eu-west-1:123456789012:dataset/shop/USERS.',
  );
}
