/** What the command line goes by of a deployment's settings: the stack's output `Settings`, a JSON object. */
import * as v from 'valibot';
import { SCHEMA_CHECKS } from '../dataset/admission.ts';
import { readUsersSchema } from '../dataset/read-users-schema.ts';
import { avroOf } from '../dataset/write-users-schema.ts';

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(1));

const settings = v.object({
  requestsPerSecond: v.pipe(v.number(), v.gtValue(0)),
  usersPerMessage: wholeNumber,
  maxReceiveCount: wholeNumber,
  maxPropertiesLength: wholeNumber,
  visibilityTimeoutInSeconds: wholeNumber,
  /** The table of versions, and what its userIds are hashed with: only with the order guard. */
  orderTable: v.optional(v.string()),
  orderSalt: v.optional(v.string()),
  /** Only where the deployment knows the dataset's schema. */
  schemaCheck: v.optional(v.picklist(SCHEMA_CHECKS)),
  /** The schema that goes with it, unless it was too long for an output. */
  datasetSchema: v.optional(
    v.pipe(
      v.unknown(),
      v.transform((record) => readUsersSchema(JSON.stringify(record))),
    ),
  ),
});

/** The deployment's settings, by the names that `cdk deploy -c` and the construct take. */
export type TargetSettings = Readonly<v.InferOutput<typeof settings>>;

/**
 * Bytes of the output, at most. The CloudFormation user guide has no limit on an output's value (only on its name, and on
 * their number); this is its limit on a parameter's value. 25 fields with names of 90 characters fit.
 */
const MAX_BYTES = 4096;

/** Writes the output. A schema with which it would be too long is left out. */
export function writeSettings({ datasetSchema, ...others }: TargetSettings): string {
  const text = JSON.stringify({ ...others, ...(datasetSchema && { datasetSchema: avroOf(datasetSchema) }) });
  return Buffer.byteLength(text) <= MAX_BYTES ? text : JSON.stringify(others);
}

/**
 * Reads the output.
 *
 * @returns undefined when it is not what this version writes
 */
export function readSettings(text: string): TargetSettings | undefined {
  try {
    const result = v.safeParse(settings, JSON.parse(text));
    return result.success ? result.output : undefined;
  } catch {
    return undefined;
  }
}
