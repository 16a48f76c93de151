/** The dataset's schema as it is given to the stack: read and checked when the stack is synthesized. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Token } from 'aws-cdk-lib';
import { type DatasetRules, DEFAULT_SCHEMA_CHECK, type SchemaCheck } from '../contract/dataset/admission.ts';
import { readUsersSchema, SchemaError } from '../contract/dataset/read-users-schema.ts';
import type { UsersSchema } from '../contract/dataset/users-schema.ts';
import { escapeInvisible, quoted } from '../contract/input/shown-text.ts';
import { SettingError } from './setting.ts';

/** How a deployment is told of the dataset's schema. */
export interface DatasetSchemaProps {
  /**
   * The path of a file with the dataset's schema, in Avro as CreateSchema takes it, or as `aws personalize describe-schema`
   * prints it. A relative one starts in the directory that the app runs in.
   * @default - none: every user that keeps the message contract is called
   */
  readonly schemaFile?: string;
  /**
   * The dataset's schema itself, instead of `schemaFile`: its text, or the object that the text stands for.
   * @default - none
   */
  readonly datasetSchema?: string | object;
  /**
   * What becomes of users that do not fit the schema. docs/operations.md says which is right.
   * @default certain - who surely does not fit is rejected unsent; of the others PutUsers decides
   */
  readonly schemaCheck?: SchemaCheck;
}

/**
 * Reads the schema, and what is to be done by it.
 *
 * @returns undefined when no schema is given
 * @throws SettingError for one that is not there or is no schema of a Users dataset, or a check without one
 */
export function readDatasetRules(props: DatasetSchemaProps): Required<DatasetRules> | undefined {
  const { schemaFile, datasetSchema, schemaCheck } = props;
  if (schemaFile !== undefined && datasetSchema !== undefined) {
    throw new SettingError('schemaFile', 'schemaFile and datasetSchema are both given: leave out one of them.');
  }
  const schema = schemaFile === undefined ? readGiven(datasetSchema) : readFile(schemaFile);
  if (schema) return { schema, check: schemaCheck ?? DEFAULT_SCHEMA_CHECK };
  if (schemaCheck === undefined || schemaCheck === 'off') return undefined;
  throw new SettingError(
    'schemaCheck',
    `schemaCheck is ${schemaCheck} and there is no schema to check users by: give schemaFile, or leave out schemaCheck.`,
  );
}

function readFile(file: string): UsersSchema {
  const path = resolve(file);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw new SettingError('schemaFile', `schemaFile takes the path of a file, but ${problemWith(path, error)}.`);
  }
  return read(bytes, 'schemaFile', `schemaFile names ${quoted(path)}, which`);
}

function problemWith(path: string, error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const shown = quoted(path);
  if (code === 'ENOENT' || code === 'ENOTDIR') return `there is no ${shown}`;
  if (code === 'EISDIR') return `${shown} is a directory`;
  return `${shown} cannot be read: ${escapeInvisible(message)}`;
}

function readGiven(given: DatasetSchemaProps['datasetSchema']): UsersSchema | undefined {
  if (given === undefined) return undefined;
  if (Token.isUnresolved(given)) {
    throw new SettingError(
      'datasetSchema',
      'datasetSchema takes a schema that is known when the stack is synthesized, but got a token.',
    );
  }
  return read(typeof given === 'string' ? given : (JSON.stringify(given) ?? ''), 'datasetSchema', 'datasetSchema');
}

/** @param subject - begins the sentence that says what is wrong */
function read(source: string | Uint8Array, setting: string, subject: string): UsersSchema {
  try {
    return readUsersSchema(source);
  } catch (error) {
    if (!(error instanceof SchemaError)) throw error;
    throw new SettingError(setting, `${subject} is no schema of a Users dataset: ${error.message}.`);
  }
}
