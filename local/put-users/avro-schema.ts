/**
 * The Avro schema of a Users dataset: reading it, and holding a user's properties against it.
 *
 * Sources: the developer guide on Users datasets (which types and fields a schema has), the quotas page (how many
 * fields), and the API reference of `User` (how a property is called, and that numbers may come as strings).
 */
import { ServiceError } from './errors.ts';
import { isJsonObject, kindOf } from './json.ts';
import type { Properties, PropertyValue } from './properties.ts';

/** What a dataset takes: for each property, by its name in camel case, the types that its value may have. */
export type UsersSchema = ReadonlyMap<string, readonly FieldType[]>;

/** The types that a field of a Users schema may have. */
export type FieldType = 'null' | 'boolean' | 'int' | 'long' | 'float' | 'double' | 'string';

/** Says which field of a schema is wrong, what is wrong with it, and what it takes. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';
}

const USER_ID = 'USER_ID';
const MAX_METADATA_FIELDS = 25;
const AVRO_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** A JSON number. The API reference's own example sends one in a string: `{"numberOfVideosWatched": "45"}`. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

/** Whether a value can be stored in a field of a type. */
const IS_OF_TYPE: Readonly<Record<FieldType, (value: PropertyValue) => boolean>> = {
  null: (value) => value === null,
  boolean: (value) => typeof value === 'boolean' || value === 'true' || value === 'false',
  int: (value) => isIntegerOf(32, value),
  long: (value) => isIntegerOf(64, value),
  float: (value) => Number.isFinite(Math.fround(numberIn(value))),
  double: (value) => Number.isFinite(numberIn(value)),
  string: (value) => typeof value === 'string',
};

const FIELD_TYPES = Object.keys(IS_OF_TYPE).join(', ');

/**
 * Reads the text of a schema, as CreateSchema takes it.
 *
 * @throws SchemaError for a text that is not JSON, or not the schema of a Users dataset
 */
export function readUsersSchema(text: string): UsersSchema {
  const fields = readRecord(parse(text)).map(readField);
  checkUserId(fields);
  const metadata = fields.filter((field) => field.name !== USER_ID);
  if (metadata.length === 0) throw new SchemaError(`there must be at least one field besides ${USER_ID}`);
  if (metadata.length > MAX_METADATA_FIELDS) {
    throw new SchemaError(
      `there are ${metadata.length} fields besides ${USER_ID}; a Users dataset takes ${MAX_METADATA_FIELDS}`,
    );
  }
  return byPropertyName(metadata);
}

/** The name under which the value of a field is sent: that of `NUMBER_OF_VIDEOS_WATCHED` is `numberOfVideosWatched`. */
export function propertyNameOf(fieldName: string): string {
  const [first = '', ...rest] = fieldName
    .toLowerCase()
    .split('_')
    .filter((word) => word !== '');
  return first + rest.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
}

/**
 * Lets properties pass that the dataset can store. A property may be missing, whatever the type of its field.
 *
 * @throws ServiceError InvalidInputException that names the property
 */
export function checkAgainstSchema(properties: Properties, schema: UsersSchema): void {
  for (const [name, value] of Object.entries(properties)) {
    const types = schema.get(name);
    if (types === undefined) {
      throw new ServiceError('InvalidInputException', `Property '${name}' is not in the schema of the dataset`);
    }
    if (!types.some((type) => IS_OF_TYPE[type](value))) {
      throw new ServiceError(
        'InvalidInputException',
        `Property '${name}' must be of type ${types.join(' or ')}, as the schema of the dataset says`,
      );
    }
  }
}

interface Field {
  readonly name: string;
  readonly types: readonly FieldType[];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SchemaError(`the schema is not JSON: ${(error as Error).message}`);
  }
}

function readRecord(schema: unknown): readonly unknown[] {
  if (!isJsonObject(schema)) throw new SchemaError(`the schema must be a JSON object, not ${kindOf(schema)}`);
  const { type, fields } = schema;
  if (type !== 'record') throw new SchemaError(`the schema's type must be "record", not ${JSON.stringify(type)}`);
  if (!Array.isArray(fields)) throw new SchemaError(`the schema's fields must be an array, not ${kindOf(fields)}`);
  return fields;
}

function readField(field: unknown, index: number): Field {
  if (!isJsonObject(field)) throw new SchemaError(`fields[${index}] must be an object, not ${kindOf(field)}`);
  const { name, type, categorical } = field;
  const fieldName = readName(name, index);
  const types = readTypes(type, fieldName);
  checkCategorical(categorical, fieldName, types);
  return { name: fieldName, types };
}

function readName(name: unknown, index: number): string {
  if (typeof name === 'string' && AVRO_NAME.test(name)) return name;
  throw new SchemaError(
    `fields[${index}] must have a name of letters, digits and underscores, like AGE, not ${JSON.stringify(name)}`,
  );
}

function readTypes(type: unknown, field: string): readonly FieldType[] {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  if (types.length === 0) throw new SchemaError(`field ${field} has an empty union of types; it takes ${FIELD_TYPES}`);
  for (const each of types) {
    if (isFieldType(each)) continue;
    throw new SchemaError(
      `field ${field} has the type ${JSON.stringify(each)}; it takes ${FIELD_TYPES}, or an array of these`,
    );
  }
  if (new Set(types).size < types.length) throw new SchemaError(`field ${field} names a type twice in its union`);
  return types as readonly FieldType[];
}

function isFieldType(type: unknown): type is FieldType {
  return typeof type === 'string' && Object.hasOwn(IS_OF_TYPE, type);
}

function checkCategorical(categorical: unknown, field: string, types: readonly FieldType[]): void {
  if (categorical === undefined) return;
  if (typeof categorical !== 'boolean') {
    throw new SchemaError(`field ${field} has "categorical": ${JSON.stringify(categorical)}; it takes true or false`);
  }
  if (categorical && !types.includes('string')) {
    throw new SchemaError(`field ${field} is categorical, which takes the type string, not ${types.join(' or ')}`);
  }
}

function checkUserId(fields: readonly Field[]): void {
  const userId = fields.find((field) => field.name === USER_ID);
  if (userId === undefined) throw new SchemaError(`there must be a field ${USER_ID} of type string`);
  if (userId.types.join() !== 'string') {
    throw new SchemaError(`field ${USER_ID} takes the type string and no other, not ${userId.types.join(' or ')}`);
  }
}

function byPropertyName(fields: readonly Field[]): UsersSchema {
  const schema = new Map<string, readonly FieldType[]>();
  for (const { name, types } of fields) {
    const property = propertyNameOf(name);
    if (schema.has(property)) throw new SchemaError(`field ${name} is there twice: two fields make ${property}`);
    schema.set(property, types);
  }
  return schema;
}

function numberIn(value: PropertyValue): number {
  if (typeof value === 'number') return value;
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : Number.NaN;
}

function isIntegerOf(bits: 32 | 64, value: PropertyValue): boolean {
  const number = numberIn(value);
  return Number.isInteger(number) && number >= -(2 ** (bits - 1)) && number < 2 ** (bits - 1);
}
