/** The header of a CSV file: what each column is, and how its text becomes a value. */

import { nearestName } from '../../contract/input/nearest-name.ts';
import { quoted } from '../../contract/input/shown-text.ts';
import { type FieldType, propertyNameOf, type UsersSchema } from '../../local/put-users/avro-schema.ts';
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
  const names = header.map(readName);
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

function columnOf(name: string, schema: UsersSchema | undefined): Column {
  const key = `${JSON.stringify(name)}:`;
  if (!schema) return { name, key, read: readText };
  const types = schema.get(name);
  if (!types) {
    const meant = nearestName(name, [...schema.keys()]);
    const hint = meant === undefined ? `It has ${[...schema.keys()].join(', ')}.` : `Is ${meant} meant?`;
    throw new HeaderError(`the header has ${name}, which the schema has not. ${hint}`);
  }
  const valued = types.filter((type) => type !== 'null');
  return { name, key, read: (text) => readAs(valued, text) };
}

function readAs(types: readonly FieldType[], text: string): Cell {
  for (const type of types) {
    const json = JSON_BY_TYPE[type](text);
    if (json !== undefined) return { kind: 'value', json };
  }
  const takes = types.map((type) => TAKES[type]).join(', or ') || 'nothing but null, which is an empty value';
  return { kind: 'problem', problem: `must be ${takes}, as the schema says${describeMisfit(text, types)}` };
}

function readText(text: string): Cell {
  return { kind: 'value', json: JSON.stringify(text) };
}

/** A number as JSON has it, so that it arrives as it was written, digit for digit. */
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;
const WHOLE_NUMBER = /^-?(0|[1-9]\d*)$/;

/** The JSON of a text in a field of a type; undefined when the field does not take it. Nothing is rounded or trimmed. */
const JSON_BY_TYPE: Readonly<Record<FieldType, (text: string) => string | undefined>> = {
  null: () => undefined,
  boolean: (text) => (text === 'true' || text === 'false' ? text : undefined),
  int: (text) => wholeNumber(text, 32),
  long: (text) => wholeNumber(text, 64),
  float: (text) => (NUMBER.test(text) && Number.isFinite(Math.fround(Number(text))) ? text : undefined),
  double: (text) => (NUMBER.test(text) && Number.isFinite(Number(text)) ? text : undefined),
  string: (text) => JSON.stringify(text),
};

const TAKES: Readonly<Record<FieldType, string>> = {
  null: 'empty',
  boolean: 'true or false',
  int: 'a whole number of 32 bits, like 31',
  long: 'a whole number of 64 bits, like 31',
  float: 'a number, like 4.5',
  double: 'a number, like 4.5',
  string: 'a text',
};

function wholeNumber(text: string, bits: number): string | undefined {
  // The longest number of 64 bits has 20 characters; a BigInt of very many takes long.
  if (!WHOLE_NUMBER.test(text) || text.length > 20) return undefined;
  return BigInt.asIntN(bits, BigInt(text)) === BigInt(text) ? text : undefined;
}
