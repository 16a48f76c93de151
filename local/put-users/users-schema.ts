/**
 * The Avro schema of a Users dataset.
 *
 * Sources: the developer guide on Users datasets (which types and fields a schema has), and the quotas page (how many
 * fields).
 */
import { isJsonObject, kindOf } from './json.ts';
import { propertyNameOf } from './property-name.ts';

/** What a dataset takes besides the userId, in the schema's order. */
export type UsersSchema = readonly Field[];

/** A field of a schema. */
export interface Field {
  /** How its value is sent, in camel case. */
  readonly property: string;
  /** Those of its union, in their order. */
  readonly types: readonly FieldType[];
  readonly categorical: boolean;
}

const FIELD_TYPES = ['null', 'boolean', 'int', 'long', 'float', 'double', 'string'] as const;

/** The types that a field of a Users schema may have. */
export type FieldType = (typeof FIELD_TYPES)[number];

/** Says which field of a schema is wrong, what is wrong with it, and what it takes. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

const USER_ID = 'USER_ID';
const MAX_METADATA_FIELDS = 25;
const AVRO_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a schema: as CreateSchema takes it, as `aws personalize describe-schema` prints it, or either as a JSON string.
 *
 * @param source its text, or the bytes of a file
 * @throws SchemaError for what is not JSON in UTF-8, or not the schema of a Users dataset
 */
export function readUsersSchema(source: string | Uint8Array): UsersSchema {
  const fields = readRecord(unwrap(parse(typeof source === 'string' ? source : decode(source)))).map(readField);
  checkUserId(fields);
  const metadata = fields.filter((field) => field.name !== USER_ID);
  if (metadata.length === 0) throw new SchemaError(`there must be at least one field besides ${USER_ID}`);
  if (metadata.length > MAX_METADATA_FIELDS) {
    throw new SchemaError(
      `there are ${metadata.length} fields besides ${USER_ID}; a Users dataset takes ${MAX_METADATA_FIELDS}`,
    );
  }
  checkProperties(metadata);
  return metadata;
}

interface NamedField extends Field {
  /** As the schema has it. */
  readonly name: string;
}

/** Leaves out a byte order mark. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SchemaError('the schema is not UTF-8: save it as UTF-8');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchemaError(`the schema is not JSON: ${(error as Error).message}`);
  }
}

/** `{"schema": {"name": …, "schema": "{…}"}}` is what describe-schema prints. */
function unwrap(value: unknown, layers = 4): unknown {
  if (layers === 0) return value;
  if (typeof value === 'string') return unwrap(parse(value), layers - 1);
  if (isJsonObject(value) && !('type' in value) && 'schema' in value) return unwrap(value.schema, layers - 1);
  return value;
}

function readRecord(schema: unknown): readonly unknown[] {
  if (!isJsonObject(schema)) throw new SchemaError(`the schema must be a JSON object, not ${kindOf(schema)}`);
  const { type, fields } = schema;
  if (type !== 'record') throw new SchemaError(`the schema's type must be "record", not ${JSON.stringify(type)}`);
  if (!Array.isArray(fields)) throw new SchemaError(`the schema's fields must be an array, not ${kindOf(fields)}`);
  return fields;
}

function readField(field: unknown, index: number): NamedField {
  if (!isJsonObject(field)) throw new SchemaError(`fields[${index}] must be an object, not ${kindOf(field)}`);
  const name = readName(field.name, index);
  const types = readTypes(field.type, name);
  return { name, property: propertyNameOf(name), types, categorical: readCategorical(field.categorical, name, types) };
}

function readName(name: unknown, index: number): string {
  if (typeof name === 'string' && AVRO_NAME.test(name)) return name;
  throw new SchemaError(
    `fields[${index}] must have a name of letters, digits and underscores, like AGE, not ${JSON.stringify(name)}`,
  );
}

function readTypes(type: unknown, field: string): readonly FieldType[] {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const taken = FIELD_TYPES.join(', ');
  if (types.length === 0) throw new SchemaError(`field ${field} has an empty union of types; it takes ${taken}`);
  for (const each of types) {
    if (FIELD_TYPES.some((known) => known === each)) continue;
    throw new SchemaError(
      `field ${field} has the type ${JSON.stringify(each)}; it takes ${taken}, or an array of these`,
    );
  }
  if (new Set(types).size < types.length) throw new SchemaError(`field ${field} names a type twice in its union`);
  return types as readonly FieldType[];
}

function readCategorical(categorical: unknown, field: string, types: readonly FieldType[]): boolean {
  if (categorical === undefined) return false;
  if (typeof categorical !== 'boolean') {
    throw new SchemaError(`field ${field} has "categorical": ${JSON.stringify(categorical)}; it takes true or false`);
  }
  if (categorical && !types.includes('string')) {
    throw new SchemaError(`field ${field} is categorical, which takes the type string, not ${types.join(' or ')}`);
  }
  return categorical;
}

function checkUserId(fields: readonly NamedField[]): void {
  const userId = fields.find((field) => field.name === USER_ID);
  if (userId === undefined) throw new SchemaError(`there must be a field ${USER_ID} of type string`);
  if (userId.types.join() !== 'string') {
    throw new SchemaError(`field ${USER_ID} takes the type string and no other, not ${userId.types.join(' or ')}`);
  }
}

function checkProperties(fields: readonly NamedField[]): void {
  const taken = new Set<string>();
  for (const { name, property } of fields) {
    if (taken.has(property)) throw new SchemaError(`field ${name} is there twice: two fields make ${property}`);
    taken.add(property);
  }
}
