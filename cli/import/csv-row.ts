/**
 * Users as the CSV that a bulk import of Personalize takes.
 *
 * | rule | source, in the Personalize developer guide |
 * |---|---|
 * | The first row names the columns, without quotes | bulk data format guidelines |
 * | Each field of the schema has a column, in the schema's order | schema formatting requirements; common error messages: "Input CSV is missing the following columns" |
 * | A record is on a single line, in UTF-8 | bulk data format guidelines |
 * | Text is in double quotes, and has a backslash before each double quote and backslash | common error messages, "any textual data"; unstructured text metadata |
 * | Several categories are one text, separated by a vertical bar | Users dataset requirements |
 * | `true` and `false` are in lower case | schema data types |
 * | A value that is not there is blank, where the field takes null | schema data types |
 * | No double quotes or special characters in a userId | bulk data format guidelines: "avoid" |
 *
 * Not known, and so not written: a line break in a text, and a text that is empty, which a blank could not be told from. What
 * has them is refused here; PutUsers takes it. Special characters are not listed: a double quote and the backslash, which
 * escapes it, are taken to be; all others are written.
 */

import type { Value } from '../../contract/dataset/judge-value.ts';
import { type Field, USER_ID_FIELD, type UsersSchema } from '../../contract/dataset/users-schema.ts';
import { isExactNumber, readExactly } from '../../contract/message/exact-json.ts';
import { valueAt } from '../../contract/message/json-source.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import { plainDecimal } from './plain-decimal.ts';

/** What became of a user. */
export type Written =
  | { readonly kind: 'line'; readonly text: string }
  /** It cannot be written so that an import surely reads the same. `problem` begins with the member. */
  | { readonly kind: 'refused'; readonly problem: string };

/** Writes users for one dataset. */
export interface CsvWriter {
  /** The first line, with its end. */
  readonly header: string;
  /**
   * Writes a user, with the end of its line.
   *
   * @param user - one that fits the schema, with the names of properties that messages have
   */
  write(user: UserRecord): Written;
}

/**
 * Makes what writes the users of a dataset.
 *
 * @param columns - the names of the schema's fields in its order, USER_ID among them
 */
export function createCsvWriter({ fields }: UsersSchema, columns: readonly string[]): CsvWriter {
  const byName = new Map(fields.map((field) => [field.name, field]));
  const order = columns.map((name) => (name === USER_ID_FIELD ? USER_ID_FIELD : fieldNamed(name, byName)));
  return {
    header: `${columns.join(',')}\n`,
    write: ({ userId, properties }) => {
      const problem = problemOfUserId(userId);
      if (problem !== undefined) return { kind: 'refused', problem: `userId ${problem}` };
      const values = properties === undefined ? {} : valuesIn(properties);
      const cells: string[] = [];
      for (const column of order) {
        const cell =
          column === USER_ID_FIELD ? { text: quotedIfNeeded(userId) } : writeValue(values[column.property], column);
        if ('problem' in cell) {
          return { kind: 'refused', problem: `properties.${(column as Field).property} ${cell.problem}` };
        }
        cells.push(cell.text);
      }
      return { kind: 'line', text: `${cells.join(',')}\n` };
    },
  };
}

function fieldNamed(name: string, byName: ReadonlyMap<string, Field>): Field {
  const field = byName.get(name);
  if (!field) throw new TypeError(`The schema has no field ${name}`);
  return field;
}

function valuesIn(properties: string): Readonly<Record<string, Value>> {
  return readExactly(properties, valueAt(properties, 0), 1) as Record<string, Value>;
}

const LINE_BREAK = /[\n\r]/;

function problemOfUserId(userId: string): string | undefined {
  if (LINE_BREAK.test(userId)) return HAS_LINE_BREAK;
  if (/["\\]/.test(userId)) return `has a double quote or a backslash, which an import is to be spared; ${SEND_IT}`;
  return undefined;
}

const SEND_IT = 'send takes it';
const HAS_LINE_BREAK = `has a line break, and an import takes a record on a single line; ${SEND_IT}`;

type Cell = { readonly text: string } | { readonly problem: string };

const BLANK: Cell = { text: '' };

function writeValue(value: Value | undefined, { types }: Field): Cell {
  if (value === undefined || value === null) return BLANK;
  if (typeof value === 'boolean') return { text: String(value) };
  if (isExactNumber(value)) return { text: plainDecimal(value.rawJSON) };
  if (typeof value === 'number') return { text: plainDecimal(String(value)) };
  // A number may come in a text: API reference, User.
  if (!types.includes('string')) return { text: plainDecimal(value) };
  if (value === '') return { problem: `is an empty text, which an import cannot tell from null; ${SEND_IT}` };
  if (LINE_BREAK.test(value)) return { problem: HAS_LINE_BREAK };
  return { text: quoted(value) };
}

function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** The guide's examples have userIds without quotes. */
function quotedIfNeeded(userId: string): string {
  return /^[\w.@+:|/-]+$/.test(userId) ? userId : quoted(userId);
}
