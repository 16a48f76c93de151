/** The function's environment variables, checked once when it starts. */

import * as v from 'valibot';
import { SCHEMA_CHECKS } from '../contract/dataset/admission.ts';
import type { EnvironmentVariable, OrderVariable, SchemaVariable } from '../contract/deployment/environment.ts';
import { quoted } from '../contract/input/shown-text.ts';
import { isWholeNumber, wholeNumberWords } from '../contract/input/whole-number.ts';

const wholeNumber = (min: number, max: number) =>
  v.pipe(
    v.string(),
    v.transform(Number),
    v.check((value) => isWholeNumber(value, min, max), wholeNumberWords(min, max)),
  );

const queueUrl = v.pipe(v.string(), v.check(isHttpUrl, 'the URL of a queue'));

/** One entry a variable. The message of each says what it takes. */
const variables = {
  DATASET_ARN: v.pipe(
    v.string(),
    // Source: PutUsers API reference, `datasetArn`.
    v.regex(/^arn:([a-z\d-]+):personalize:.*:.*:.+$/, 'the ARN of a Personalize Users dataset'),
  ),
  QUEUE_URL: queueUrl,
  DEAD_LETTER_QUEUE_URL: queueUrl,
  MAX_RECEIVE_COUNT: wholeNumber(1, 1000),
  REQUESTS_PER_SECOND: v.pipe(
    v.string(),
    v.transform(Number),
    v.check((value) => Number.isFinite(value) && value > 0, 'a number above 0'),
  ),
  MAX_CONCURRENCY: wholeNumber(1, 1000),
  MAX_PROPERTIES_LENGTH: wholeNumber(1, 1_000_000),
  BACKOFF_BASE_SECONDS: wholeNumber(0, 43_200),
  BACKOFF_MAX_SECONDS: wholeNumber(0, 43_200),
  // Source: Lambda quotas.
  TIMEOUT_SECONDS: wholeNumber(1, 900),
} satisfies Record<EnvironmentVariable, v.GenericSchema<string, unknown>>;

/** Both are there, or neither. */
const schemaVariables = {
  USERS_SCHEMA_FILE: v.optional(v.string()),
  SCHEMA_CHECK: v.optional(v.picklist(SCHEMA_CHECKS, `one of ${SCHEMA_CHECKS.join(', ')}`)),
} satisfies Record<SchemaVariable, v.GenericSchema<string | undefined, unknown>>;

/** Both are there, or neither. */
const orderVariables = {
  ORDER_TABLE_NAME: v.optional(v.string()),
  ORDER_SALT: v.optional(v.string()),
} satisfies Record<OrderVariable, v.GenericSchema<string | undefined, unknown>>;

const environment = v.object({ ...variables, ...schemaVariables, ...orderVariables });

/** The checked environment variables, by their names. */
export type Config = v.InferOutput<typeof environment>;

/** Says which environment variables are wrong, what they hold and what they take. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';
}

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError when a variable is missing or malformed; it names every such variable
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const result = v.safeParse(environment, present);
  const problems = [
    ...(result.issues ?? []).map((issue) => problemWith(issue, present)),
    ...PAIRS.flatMap((names) => onlyOneOfTwo(present, names)),
  ];
  if (result.success && problems.length === 0) return result.output;
  throw new ConfigurationError(`The function's environment is not usable: ${problems.join('; ')}.`);
}

type Present = Readonly<Record<string, string | undefined>>;

function problemWith(issue: v.InferIssue<typeof environment>, present: Present): string {
  const name = v.getDotPath(issue) as keyof Config;
  if (present[name] === undefined) return `${name} is not set`;
  return `${name} is ${quoted(present[name])}, but must be ${issue.message}`;
}

const PAIRS = [Object.keys(schemaVariables), Object.keys(orderVariables)];

function onlyOneOfTwo(present: Present, names: readonly string[]): string[] {
  const missing = names.filter((name) => present[name] === undefined);
  if (missing.length !== 1) return [];
  return [`${missing[0]} is not set, and ${names.find((name) => name !== missing[0])} is`];
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol);
}
