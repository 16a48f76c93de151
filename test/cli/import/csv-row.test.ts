import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { createCsvWriter } from '../../../cli/import/csv-row.ts';
import { plainDecimal } from '../../../cli/import/plain-decimal.ts';
import { columnsOf, readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import type { UserRecord } from '../../../contract/message/schema.ts';

const avro = (fields: readonly object[]) => JSON.stringify({ type: 'record', name: 'Users', fields });

const SCHEMA = avro([
  { name: 'AGE', type: ['null', 'int'] },
  { name: 'USER_ID', type: 'string' },
  { name: 'BIO', type: ['null', 'string'] },
  { name: 'GENRES', type: ['string', 'null'], categorical: true },
  { name: 'SCORE', type: ['null', 'double'] },
  { name: 'SINCE_ID', type: ['null', 'long'] },
  { name: 'SUBSCRIBED', type: ['null', 'boolean'] },
]);
const COLUMNS = ['AGE', 'USER_ID', 'BIO', 'GENRES', 'SCORE', 'SINCE_ID', 'SUBSCRIBED'];
const PROPERTIES = ['age', 'userId', 'bio', 'genres', 'score', 'sinceId', 'subscribed'];

const schema = readUsersSchema(SCHEMA);
const writer = createCsvWriter(schema, columnsOf(SCHEMA));
const readMessage = createMessageReader({ maxPropertiesLength: 24_000, dataset: { schema, check: 'all' } });

/** As Personalize's developer guide says that it reads CSV. */
function readAsPersonalize(csv: string): readonly (readonly string[])[] {
  return parse(csv, { delimiter: ',', quote: '"', escape: '\\', record_delimiter: '\n' });
}

function userOf(body: string): UserRecord {
  const reading = readMessage(body);
  if (reading.kind !== 'users' || reading.users[0]?.kind !== 'valid') throw new Error(JSON.stringify(reading));
  return reading.users[0].user;
}

const lineOf = (user: object) => writer.write(userOf(JSON.stringify(user)));

describe('the CSV of an import', () => {
  test('has a column for each field, in the order of the schema, without quotes', () => {
    expect(writer.header).toBe('AGE,USER_ID,BIO,GENRES,SCORE,SINCE_ID,SUBSCRIBED\n');
  });

  test('has blanks for what is not there or null, true and false in lower case, and categories as they came', () => {
    expect(lineOf({ userId: 'u-1' })).toEqual({ kind: 'line', text: ',u-1,,,,,\n' });
    expect(lineOf({ userId: 'u 2', properties: { age: null, genres: 'a|b', subscribed: true } })).toEqual({
      kind: 'line',
      text: ',"u 2",,"a|b",,,true\n',
    });
  });

  test('has a backslash before double quotes and backslashes', () => {
    expect(lineOf({ userId: 'u', properties: { bio: 'a "b", c\\d' } })).toEqual({
      kind: 'line',
      text: ',u,"a \\"b\\", c\\\\d",,,,\n',
    });
  });

  test('has numbers digit for digit, and none with an exponent', () => {
    const user = userOf('{"userId":"u","properties":{"sinceId":9007199254740993,"score":1.50e3,"age":"31"}}');
    expect(writer.write(user)).toEqual({ kind: 'line', text: '31,u,,,1500,9007199254740993,\n' });
  });

  test.each([
    ['a line break', { userId: 'u', properties: { bio: 'a\nb' } }, 'properties.bio has a line break'],
    ['a carriage return', { userId: 'u', properties: { genres: 'a\rb' } }, 'properties.genres has a line break'],
    ['an empty text', { userId: 'u', properties: { bio: '' } }, 'properties.bio is an empty text'],
    ['a line break in the userId', { userId: 'a\nb' }, 'userId has a line break'],
    ['a double quote in the userId', { userId: 'a"b' }, 'userId has a double quote'],
    ['a backslash in the userId', { userId: 'a\\b' }, 'userId has a double quote or a backslash'],
  ])('is not written of %s, which an import may read otherwise', (_, user, problem) => {
    expect(lineOf(user)).toEqual({ kind: 'refused', problem: expect.stringContaining(problem) });
  });

  test('read by the rules of Personalize and the schema, is what was given', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !/[\n\r]/.test(each));
    const spiced = fc.array(fc.constantFrom('"', '\\', ',', ' ', '|', 'a', 'é', '\t', "'", '\u2028', '😀'), {
      minLength: 1,
    });
    const value = fc.oneof(
      text,
      spiced.map((parts) => parts.join('')),
    );
    const optional = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: undefined });
    const properties = fc.record({
      age: optional(fc.integer()),
      bio: optional(value),
      genres: optional(value.filter((each) => each.length <= 900)),
      score: optional(fc.double({ noNaN: true, noDefaultInfinity: true })),
      sinceId: optional(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
      subscribed: optional(fc.boolean()),
    });
    const userId = value.filter((each) => each.length <= 256 && !/["\\]/.test(each));
    fc.assert(
      fc.property(fc.array(fc.record({ userId, properties }), { minLength: 1, maxLength: 5 }), (users) => {
        const lines = users.map(({ userId, properties }) => writer.write(userOf(bodyOf(userId, properties))));
        const csv = writer.header + lines.map((line) => (line.kind === 'line' ? line.text : '')).join('');
        const [header, ...rows] = readAsPersonalize(csv);
        expect(header).toEqual(COLUMNS);
        expect(csv.split('\n')).toHaveLength(users.length + 2);
        expect(rows.map(valuesOf)).toEqual(users.map(({ userId, properties }) => ({ userId, ...given(properties) })));
      }),
    );
  });
});

type Properties = Readonly<Record<string, string | number | bigint | boolean | undefined>>;

function bodyOf(userId: string, properties: Properties): string {
  const members = Object.entries(properties)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `"${name}":${typeof value === 'bigint' ? value : JSON.stringify(value)}`);
  return `{"userId":${JSON.stringify(userId)},"properties":{${members.join(',')}}}`;
}

function given(properties: Properties) {
  // JSON.stringify writes -0 as 0.
  const entries = Object.entries(properties).map(([name, value]) => [name, value === 0 ? 0 : value]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valuesOf(row: readonly string[]) {
  const read: Readonly<Record<string, (text: string) => unknown>> = {
    age: Number,
    score: (text) => {
      expect(text).toMatch(/^-?\d+(\.\d+)?$/);
      return Number(text);
    },
    sinceId: BigInt,
    subscribed: (text) => text === 'true',
  };
  return Object.fromEntries(
    PROPERTIES.map((name, index) => [name, row[index]!] as const)
      .filter(([, text]) => text !== '')
      .map(([name, text]) => [name, read[name]?.(text) ?? text]),
  );
}

describe('a number without exponent', () => {
  test.each([
    ['31', '31'],
    ['-4.50', '-4.50'],
    ['1e3', '1000'],
    ['1.5e+3', '1500'],
    ['-1.25E1', '-12.5'],
    ['1e-3', '0.001'],
    ['12.5e-1', '1.25'],
    ['0.001e2', '0.1'],
    ['0e999999999', '0'],
    ['5e-7', '0.0000005'],
  ])('of %s is %s', (text, plain) => {
    expect(plainDecimal(text)).toBe(plain);
  });

  test('is the same number', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.integer({ min: 0, max: 20 }),
        (value, digits) => {
          expect(Number(plainDecimal(String(value)))).toBe(value === 0 ? 0 : value);
          const text = value.toExponential(digits);
          expect(Number(plainDecimal(text))).toBe(value === 0 ? 0 : Number(text));
        },
      ),
    );
  });
});
