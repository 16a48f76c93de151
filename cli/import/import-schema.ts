/** The schema that an import is held to: the dataset's own. */

import { readFile } from 'node:fs/promises';
import type { PersonalizeClient } from '@aws-sdk/client-personalize';
import { errorName } from '../../aws/error-name.ts';
import { columnsOf, readUsersSchema, SchemaError } from '../../contract/dataset/read-users-schema.ts';
import type { Field, UsersSchema } from '../../contract/dataset/users-schema.ts';
import { fetchSchema } from '../dataset-schema.ts';
import { CommandError } from '../failure.ts';
import { note } from '../terminal.ts';

export interface ImportSchema {
  readonly schema: UsersSchema;
  /** All its fields in their order, USER_ID among them: the columns of the CSV. */
  readonly columns: readonly string[];
}

/**
 * Finds it. A file that was given has to be the same; where Personalize may not be asked, it has to do.
 *
 * @throws CommandError when there is none, or two that differ
 */
export async function findSchema(
  client: PersonalizeClient,
  datasetArn: string,
  file: string | undefined,
): Promise<ImportSchema> {
  const given = file === undefined ? undefined : readSchema(await readFile(file), file);
  const actual = await ask(client, datasetArn);
  if (actual === undefined) {
    if (given === undefined) {
      throw new CommandError(`The schema of ${datasetArn} is not known: no permission to ask for it.`, {
        hint: 'Allow personalize:DescribeDataset and personalize:DescribeSchema, or give --schema FILE.',
      });
    }
    note(
      `Whether ${file} is the schema of the dataset is not known: no permission for personalize:DescribeDataset or DescribeSchema.`,
    );
    return given;
  }
  const difference = given && firstDifference(given, actual);
  if (difference === undefined) return actual;
  throw new CommandError(`${file} is not the schema of ${datasetArn}: ${difference}.`, {
    hint: 'Leave --schema out: the one of the dataset is asked for. Nothing was uploaded.',
  });
}

async function ask(client: PersonalizeClient, datasetArn: string): Promise<ImportSchema | undefined> {
  try {
    return readSchema(await fetchSchema(client, datasetArn), `The schema of ${datasetArn}`);
  } catch (error) {
    if (errorName(error) === 'AccessDeniedException') return undefined;
    throw error;
  }
}

function readSchema(source: string | Uint8Array, name: string): ImportSchema {
  try {
    return { schema: readUsersSchema(source), columns: columnsOf(source) };
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new CommandError(`${name} cannot be used: ${error.message}.`, { cause: error });
  }
}

function firstDifference(given: ImportSchema, actual: ImportSchema): string | undefined {
  const there = new Map(actual.schema.fields.map((field) => [field.name, field]));
  for (const field of given.schema.fields) {
    const other = there.get(field.name);
    if (!other) return `the dataset has no field ${field.name}`;
    if (describe(field) !== describe(other)) {
      return `it has ${describe(field)}, and the dataset ${describe(other)}`;
    }
  }
  const names = new Set(given.columns);
  const lacking = actual.columns.find((name) => !names.has(name));
  return lacking === undefined ? undefined : `it has no field ${lacking}`;
}

function describe({ name, types, categorical }: Field): string {
  return `${name} of type ${[...types].sort().join(' or ')}${categorical ? ', categorical' : ''}`;
}
