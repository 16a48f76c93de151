/** What the function knows of the dataset: the schema that is deployed beside its module, read once when it starts. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatasetRules } from '../contract/dataset/admission.ts';
import { readUsersSchema } from '../contract/dataset/read-users-schema.ts';
import { quoted } from '../contract/input/shown-text.ts';
import { type Config, ConfigurationError } from './config.ts';

/**
 * Reads the dataset's rules.
 *
 * @returns undefined when the deployment does not know the schema
 * @throws ConfigurationError when the file is not there, or is no schema
 */
export function readDataset({ USERS_SCHEMA_FILE: file, SCHEMA_CHECK: check }: Config): DatasetRules | undefined {
  if (file === undefined || check === undefined) return undefined;
  try {
    return { schema: readUsersSchema(readFileSync(resolve(import.meta.dirname, file))), check };
  } catch (error) {
    throw new ConfigurationError(
      `The function's environment is not usable: USERS_SCHEMA_FILE is ${quoted(file)}, but there is no schema: ${(error as Error).message}.`,
    );
  }
}
