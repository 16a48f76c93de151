/** Reads the schema of a Users dataset, as people have it in a file. */
import { isUtf8 } from 'node:buffer';
import { escapeInvisible, quoted } from '../input/shown-text.ts';
import { isJsonObject } from '../message/json-object.ts';
import { propertyNameOf } from './property-name.ts';
import { FIELD_TYPES, type Field, type FieldType, USER_ID_FIELD, type UsersSchema } from './users-schema.ts';

/** Says what is wrong with a schema, at which field, and what it takes. Without a full stop. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

/** Fields besides USER_ID, at most. Source: Personalize quotas page, metadata fields of a Users dataset. */
const MAX_METADATA_FIELDS = 25;
/** Source: Avro 1.11 specification, names. */
const AVRO_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Reads a schema: an Avro record, as CreateSchema takes it; or what the AWS CLI's `describe-schema` prints; or a JSON string
 * of one. A byte order mark is no part of it.
 *
 * @throws SchemaError for what is no JSON in UTF-8, or not the schema of a Users dataset
 */
export function readUsersSchema(source: string | Uint8Array): UsersSchema {
  const fields = readFields(source);
  refuseOtherDatasets(fields);
  const metadata = fields.filter(({ name }) => name !== USER_ID_FIELD);
  checkUserId(fields);
  if (metadata.length === 0) throw new SchemaError(`there must be at least one field besides ${USER_ID_FIELD}`);
  if (metadata.length > MAX_METADATA_FIELDS) {
    throw new SchemaError(
      `there are ${metadata.length} fields besides ${USER_ID_FIELD}; a Users dataset takes ${MAX_METADATA_FIELDS}`,
    );
  }
  checkProperties(metadata);
  return { fields: metadata };
}

/**
 * The names of a schema's fields in its order, USER_ID in its place among them.
 *
 * @param source - one that {@link readUsersSchema} reads
 */
export function columnsOf(source: string | Uint8Array): readonly string[] {
  return readFields(source).map(({ name }) => name);
}

function readFields(source: string | Uint8Array): readonly Field[] {
  const text = typeof source === 'string' ? source : decode(source);
  return fieldsOf(unwrap(parse(text.replace(/^\uFEFF/, '')))).map(readField);
}

/** Windows' editors and PowerShell write UTF-16; it begins with a mark, or has a NUL in each letter of JSON. */
function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const hasMark = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  if (hasMark || first === 0 || second === 0) {
    throw new SchemaError('the schema is in UTF-16: save it as UTF-8');
  }
  if (!isUtf8(bytes)) throw new SchemaError('the schema is not UTF-8: save it as UTF-8');
  return Buffer.from(bytes).toString('utf8');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchemaError(`the schema is not JSON: ${escapeInvisible((error as Error).message)}`);
  }
}

/** Takes a schema out of what is around it: `{"schema": {"schema": "..."}}` of describe-schema, and JSON in a string. */
function unwrap(value: unknown): unknown {
  let inner = value;
  for (let layers = 0; layers < 4; layers++) {
    if (typeof inner === 'string') inner = parse(inner);
    else if (isJsonObject(inner) && inner.type === undefined && inner.schema !== undefined) inner = inner.schema;
  }
  return inner;
}

function fieldsOf(schema: unknown): readonly unknown[] {
  if (!isJsonObject(schema)) throw new SchemaError(`the schema must be a JSON object, not ${kindOf(schema)}`);
  const { type, fields } = schema;
  if (type !== 'record') throw new SchemaError(`the schema's type must be "record", not ${JSON.stringify(type)}`);
  if (!Array.isArray(fields)) throw new SchemaError(`the schema's fields must be an array, not ${kindOf(fields)}`);
  return fields;
}

function readField(field: unknown, index: number): Field {
  if (!isJsonObject(field)) throw new SchemaError(`fields[${index}] must be an object, not ${kindOf(field)}`);
  const name = readName(field.name, index);
  const types = readTypes(field.type, name);
  return { name, property: propertyNameOf(name), types, categorical: readCategorical(field.categorical, name, types) };
}

function readName(name: unknown, index: number): string {
  if (typeof name === 'string' && AVRO_NAME.test(name)) return name;
  const got = typeof name === 'string' ? quoted(name) : JSON.stringify(name);
  throw new SchemaError(`fields[${index}] must have a name of letters, digits and underscores, like AGE, not ${got}`);
}

function readTypes(type: unknown, field: string): readonly FieldType[] {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  const known = FIELD_TYPES.join(', ');
  if (types.length === 0) throw new SchemaError(`field ${field} has an empty union of types; it takes ${known}`);
  for (const each of types) {
    if (FIELD_TYPES.includes(each as FieldType)) continue;
    throw new SchemaError(
      `field ${field} has the type ${JSON.stringify(each)}; it takes ${known}, or an array of these`,
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

/**
 * How the schema of another dataset is known, by the fields that it requires or reserves, and those that it lacks. Source:
 * Personalize developer guide, schemas for each type of dataset.
 */
const OTHER_DATASETS: readonly { readonly kind: string; readonly has: readonly string[]; readonly lacks?: string }[] = [
  { kind: 'Item interactions', has: ['USER_ID', 'ITEM_ID', 'TIMESTAMP'] },
  { kind: 'Action interactions', has: ['USER_ID', 'ACTION_ID', 'TIMESTAMP'] },
  { kind: 'interactions', has: ['EVENT_TYPE', 'TIMESTAMP'] },
  { kind: 'Items', has: ['ITEM_ID'], lacks: USER_ID_FIELD },
  { kind: 'Actions', has: ['ACTION_ID'], lacks: USER_ID_FIELD },
];

function refuseOtherDatasets(fields: readonly Field[]): void {
  const names = new Set(fields.map(({ name }) => name));
  const other = OTHER_DATASETS.find(
    ({ has, lacks }) => has.every((field) => names.has(field)) && (lacks === undefined || !names.has(lacks)),
  );
  if (!other) return;
  throw new SchemaError(
    `it is the schema of ${other.kind}, by its ${other.has.join(', ')}: give that of the Users dataset of the same dataset group`,
  );
}

function checkUserId(fields: readonly Field[]): void {
  const userId = fields.find((field) => field.name === USER_ID_FIELD);
  if (userId === undefined) throw new SchemaError(`there must be a field ${USER_ID_FIELD} of type string`);
  if (userId.types.join() !== 'string') {
    throw new SchemaError(
      `field ${USER_ID_FIELD} takes the type string and no other, not ${userId.types.join(' or ')}`,
    );
  }
}

/** Each name in a message means one field. */
function checkProperties(fields: readonly Field[]): void {
  const byName = new Map<string, Field>();
  for (const field of fields) {
    for (const name of new Set([field.name, field.property])) {
      const other = byName.get(name);
      if (other) {
        const both = other.name === field.name ? field.name : `${other.name} and ${field.name}`;
        throw new SchemaError(`field ${field.name} is there twice: ${both} make ${field.property} in messages`);
      }
      byName.set(name, field);
    }
  }
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
