/** The header of a CSV file: what each column is, and how its text becomes a value. */

import { JSON_NUMBER } from '../../contract/dataset/decimal.ts';
import { judgeValue, type Value } from '../../contract/dataset/judge-value.ts';
import { propertyNameOf } from '../../contract/dataset/property-name.ts';
import type { Field, FieldType, UsersSchema } from '../../contract/dataset/users-schema.ts';
import { nearestName } from '../../contract/input/nearest-name.ts';
import { quoted } from '../../contract/input/shown-text.ts';
import { exactNumber } from '../../contract/message/exact-json.ts';
import { hintForName, hintForNoUserId } from './header-hints.ts';
import { describeMisfit } from './value-hints.ts';

/** What a value's text turned out to be. */
export type Cell =
  /** As JSON has it. */
  { readonly kind: 'value'; readonly json: string } | { readonly kind: 'problem'; readonly problem: string };

/** A column of properties. */
export interface Column {
  /** The property's name, in camelCase. */
  readonly name: string;
  /** The name, as JSON has it, and a colon. */
  readonly key: string;
  /** Reads a text that is not empty. */
  read(text: string): Cell;
}

/** The columns of a CSV file, in their order; `userId` for that one. */
export type Columns = readonly (Column | 'userId')[];

/** A header that cannot be used. The message says which name is wrong, and what to do. */
export class HeaderError extends Error {
  override readonly name = 'HeaderError';
}

const USER_ID = 'userId';
const SCHEMA_NAME = /^[A-Z][A-Z0-9_]*$/;
const CAMEL_CASE = /^[a-z][A-Za-z0-9]*$/;

/**
 * Reads the names of a header.
 *
 * @param schema - the dataset's; without it every value is text
 * @throws HeaderError
 */
export function readColumns(header: readonly string[], schema: UsersSchema | undefined): Columns {
  const names = header.map((name, index) => fieldOf(name, schema)?.property ?? readName(name, index, header));
  for (const [index, name] of names.entries()) {
    const first = names.indexOf(name);
    if (first !== index) {
      const both = header[first] === header[index] ? '' : `, as ${header[first]} and as ${header[index]}`;
      throw new HeaderError(`the header has ${name} twice${both}. Leave one of the columns out.`);
    }
  }
  if (!names.includes(USER_ID)) {
    throw new HeaderError(
      'the header has no USER_ID. The first line must name the columns, one of them USER_ID or userId.' +
        hintForNoUserId(header),
    );
  }
  return names.map((name) => (name === USER_ID ? USER_ID : columnOf(name, schema)));
}

function readName(name: string, index: number, header: readonly string[]): string {
  if (SCHEMA_NAME.test(name)) return propertyNameOf(name);
  if (CAMEL_CASE.test(name)) return name;
  throw new HeaderError(
    `column ${index + 1} of the header is ${quoted(name, LONGEST_NAME_SHOWN)}. A name is that of the schema's field, like ` +
      `MEMBERSHIP_TYPE, or of the property, like membershipType.${hintForName(name, index, header)}`,
  );
}

const LONGEST_NAME_SHOWN = 60;

/** A field is meant by its own name, or by that of its property, whatever they look like. */
function fieldOf(name: string, schema: UsersSchema | undefined): Field | undefined {
  return schema?.fields.find((field) => field.name === name || field.property === name);
}

function columnOf(name: string, schema: UsersSchema | undefined): Column {
  const key = `${JSON.stringify(name)}:`;
  if (!schema) return { name, key, read: readText };
  const field = fieldOf(name, schema);
  if (field) return { name, key, read: (text) => readAs(field, text) };
  const names = schema.fields.map(({ property }) => property);
  const meant = nearestName(name, names);
  const hint = meant === undefined ? `It has ${names.join(', ')}.` : `Is ${meant} meant?`;
  throw new HeaderError(`the header has ${name}, which the schema has not. ${hint}`);
}

/** Reads a text as the first type of the field that takes it. Nothing is rounded or trimmed. */
function readAs(field: Field, text: string): Cell {
  for (const type of field.types) {
    const value = VALUE_BY_TYPE[type](text);
    if (value === undefined) continue;
    const fit = judgeValue({ ...field, types: [type] }, value);
    if (fit.kind === 'fitsAs') return { kind: 'value', json: JSON.stringify(fit.value) };
    // Whether a long category is taken is for PutUsers to say.
    if (fit.kind === 'fits' || fit.misfit === 'longCategory') return { kind: 'value', json: JSON.stringify(value) };
  }
  const types = field.types.filter((type) => type !== 'null');
  const takes = types.map((type) => TAKES[type]).join(', or ') || 'nothing but null, which is an empty value';
  return { kind: 'problem', problem: `must be ${takes}, as the schema says${describeMisfit(text, types)}` };
}

function readText(text: string): Cell {
  return { kind: 'value', json: JSON.stringify(text) };
}

/** What a text is as a value of a type; undefined if it is none. A number keeps its digits. */
const VALUE_BY_TYPE: Readonly<Record<FieldType, (text: string) => Value | undefined>> = {
  null: () => undefined,
  boolean: (text) => (text === 'true' ? true : text === 'false' ? false : undefined),
  int: numberOf,
  long: numberOf,
  float: numberOf,
  double: numberOf,
  string: (text) => text,
};

function numberOf(text: string): Value | undefined {
  return JSON_NUMBER.test(text) ? exactNumber(text) : undefined;
}

const TAKES: Readonly<Record<FieldType, string>> = {
  null: 'empty',
  boolean: 'true or false',
  int: 'a whole number of 32 bits, like 31',
  long: 'a whole number of 64 bits, like 31',
  float: 'a number, like 4.5',
  double: 'a number, like 4.5',
  string: 'a text',
};
