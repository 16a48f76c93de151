/** The properties of a dataset's users as a JSON Schema: what producers of any language can hold their users to. */
import { MAX_CATEGORY_LENGTH } from './judge-value.ts';
import type { Field, FieldType, UsersSchema } from './users-schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

/** A number in a text, as JSON has it. */
const NUMBER_IN_TEXT = { type: 'string', pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$' };
const WHOLE_NUMBER_IN_TEXT = { type: 'string', pattern: '^(0|-?[1-9][0-9]*)$' };

/** From here on a number is out of a float's range. What is between, such as Java's 3.4028235e38, is rounded to the largest one. */
const FLOAT_END = 2 ** 128 - 2 ** 103;

const BY_TYPE: Readonly<Record<FieldType, (field: Field) => readonly JsonSchema[]>> = {
  null: () => [{ type: 'null' }],
  boolean: () => [{ type: 'boolean' }],
  int: () => [{ type: 'integer', minimum: -(2 ** 31), maximum: 2 ** 31 - 1 }, WHOLE_NUMBER_IN_TEXT],
  // A JSON Schema's numbers are doubles, of which the next below 2^63 is the bound.
  long: () => [{ type: 'integer', minimum: -(2 ** 63), exclusiveMaximum: 2 ** 63 }, WHOLE_NUMBER_IN_TEXT],
  float: () => [{ type: 'number', exclusiveMinimum: -FLOAT_END, exclusiveMaximum: FLOAT_END }, NUMBER_IN_TEXT],
  double: () => [{ type: 'number' }, NUMBER_IN_TEXT],
  string: ({ categorical }) => [{ type: 'string', ...(categorical && { maxLength: MAX_CATEGORY_LENGTH }) }],
};

/**
 * Makes the schema of `properties`, as an object. It takes all that the judge calls clean, and, but for the range of a number
 * in a text and a field that is named twice, nothing else.
 */
export function propertiesJsonSchema({ fields }: UsersSchema): JsonSchema {
  const required = fields.filter(({ types }) => !types.includes('null'));
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.flatMap((field) => namesOf(field).map((name) => [name, valueJsonSchema(field)] as const)),
    ),
    additionalProperties: false,
    ...(required.length > 0 && { allOf: required.map(isThere) }),
  };
}

function namesOf({ name, property }: Field): readonly string[] {
  return name === property ? [property] : [property, name];
}

function valueJsonSchema(field: Field): JsonSchema {
  const choices = field.types.flatMap((type) => BY_TYPE[type](field));
  return choices.length === 1 ? choices[0]! : { anyOf: choices };
}

function isThere(field: Field): JsonSchema {
  const ways = namesOf(field).map((name) => ({ required: [name] }));
  return ways.length === 1 ? ways[0]! : { anyOf: ways };
}
