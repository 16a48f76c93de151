import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { columnsOf, readUsersSchema, SchemaError } from '../../../contract/dataset/read-users-schema.ts';

const USER_ID = { name: 'USER_ID', type: 'string' };

function schemaText(...fields: readonly unknown[]): string {
  return JSON.stringify({ type: 'record', name: 'Users', fields });
}

const file = (name: string) => readFileSync(`test/fixtures/schemas/${name}`);
const plain = readUsersSchema(file('plain-schema.avsc'));

describe('a schema is read as people have it', () => {
  test('with the fields of the sample', () => {
    expect(readUsersSchema(readFileSync('samples/users-schema.avsc')).fields[2]).toEqual({
      name: 'MEMBERSHIP_TYPE',
      property: 'membershipType',
      types: ['string'],
      categorical: true,
    });
  });

  test.each([
    ['with a byte order mark', 'bom-schema.avsc'],
    ['as the AWS CLI describes it', 'described-schema.json'],
    ['as a JSON string', 'quoted-schema.json'],
  ])('%s', (_, name) => {
    expect(readUsersSchema(file(name))).toEqual(plain);
    expect(readUsersSchema(file(name).toString('utf8'))).toEqual(plain);
  });

  test('but not in UTF-16, with a mark or without, which is named', () => {
    const message = 'the schema is in UTF-16: save it as UTF-8';
    expect(() => readUsersSchema(file('utf16-schema.avsc'))).toThrow(message);
    expect(() => readUsersSchema(Buffer.from('{"type":"record"}', 'utf16le'))).toThrow(message);
    expect(() => readUsersSchema(Buffer.from('{"type":"record"}', 'utf16le').swap16())).toThrow(message);
  });

  test('but not in Latin-1', () => {
    expect(() => readUsersSchema(Buffer.from('{"doc":"caf\u00e9"}', 'latin1'))).toThrow('the schema is not UTF-8');
  });

  test.each([
    [['USER_ID', 'ITEM_ID', 'TIMESTAMP'], 'Item interactions'],
    [['USER_ID', 'ACTION_ID', 'EVENT_TYPE', 'TIMESTAMP'], 'Action interactions'],
    [['USER_ID', 'EVENT_TYPE', 'TIMESTAMP'], 'interactions'],
    [['ITEM_ID', 'PRICE'], 'Items'],
    [['ACTION_ID', 'VALUE'], 'Actions'],
  ])('%j is refused as the schema of another dataset: %s', (names, kind) => {
    const text = schemaText(...names.map((name) => ({ name, type: 'string' })));
    expect(() => readUsersSchema(text)).toThrow(`it is the schema of ${kind}, by its `);
  });

  test('so is the file of one', () => {
    expect(() => readUsersSchema(file('interactions-schema.avsc'))).toThrow('it is the schema of Item interactions');
  });

  test("a Users dataset may have fields of the others' names", () => {
    const text = schemaText(USER_ID, { name: 'ITEM_ID', type: 'string' }, { name: 'TIMESTAMP', type: 'long' });
    expect(() => readUsersSchema(text)).toThrow('Item interactions');
    expect(readUsersSchema(schemaText(USER_ID, { name: 'ITEM_ID', type: 'string' })).fields).toHaveLength(1);
  });

  test.each([
    ['MEMBER_CLASS', 'memberClass'],
    ['Email', 'EMAIL'],
    ['email', 'EMAIL'],
  ])('two fields of one name in messages, %s and %s, are refused', (one, other) => {
    const fields = [one, other].map((name) => ({ name, type: 'string' }));
    expect(() => readUsersSchema(schemaText(USER_ID, ...fields))).toThrow(`${one} and ${other} make`);
  });
});

test('its columns are in its order, USER_ID in its place', () => {
  const text = schemaText({ name: 'AGE', type: 'int' }, USER_ID, { name: 'PLAN', type: 'string' });
  expect(columnsOf(text)).toEqual(['AGE', 'USER_ID', 'PLAN']);
});

test('a byte that UTF-16 begins with is no mark by itself', () => {
  for (const first of [0xff, 0xfe])
    expect(() => readUsersSchema(Buffer.from([first, 0x7b, 0x7d]))).toThrow('the schema is not UTF-8');
});

test('what is wrong with a schema is an error of its own kind', () => {
  expect(() => readUsersSchema('[]')).toThrow(expect.objectContaining({ name: 'SchemaError' }));
});

describe('a schema that is not one says what is wrong with it', () => {
  const AGE = { name: 'AGE', type: 'int' };
  const takes = 'it takes null, boolean, int, long, float, double, string';

  test.each([
    ['[]', 'the schema must be a JSON object, not an array'],
    ['null', 'the schema must be a JSON object, not null'],
    ['7', 'the schema must be a JSON object, not a number'],
    ['{"type":"record","schema":7}', "the schema's fields must be an array, not nothing"],
    ['{"type":"record","fields":null}', "the schema's fields must be an array, not null"],
    [
      schemaText(USER_ID, { name: 7, type: 'int' }),
      'fields[1] must have a name of letters, digits and underscores, like AGE, not 7',
    ],
    [
      schemaText(USER_ID, { type: 'int' }),
      'fields[1] must have a name of letters, digits and underscores, like AGE, not undefined',
    ],
    [
      schemaText(USER_ID, { name: 'AGE', type: ['int', 'null'], categorical: true }),
      'field AGE is categorical, which takes the type string, not int or null',
    ],
    [
      schemaText(USER_ID, { name: 'EVENT_TYPE', type: 'string' }, { name: 'TIMESTAMP', type: 'long' }),
      'it is the schema of interactions, by its EVENT_TYPE, TIMESTAMP: give that of the Users dataset of the same dataset group',
    ],
    ['{"type":"map"}', 'the schema\'s type must be "record", not "map"'],
    ['{"type":"record"}', "the schema's fields must be an array, not nothing"],
    [schemaText(USER_ID), 'there must be at least one field besides USER_ID'],
    [schemaText(AGE), 'there must be a field USER_ID of type string'],
    [
      schemaText({ name: 'USER_ID', type: ['null', 'string'] }, AGE),
      'field USER_ID takes the type string and no other, not null or string',
    ],
    [schemaText(USER_ID, 'AGE'), 'fields[1] must be an object, not a string'],
    [
      schemaText(USER_ID, { name: 'my-age', type: 'int' }),
      'fields[1] must have a name of letters, digits and underscores, like AGE, not "my-age"',
    ],
    [schemaText(USER_ID, { name: 'AGE' }), `field AGE has the type undefined; ${takes}, or an array of these`],
    [
      schemaText(USER_ID, { name: 'AGE', type: ['null', 'number'] }),
      `field AGE has the type "number"; ${takes}, or an array of these`,
    ],
    [
      schemaText(USER_ID, { name: 'AGE', type: 'toString' }),
      `field AGE has the type "toString"; ${takes}, or an array of these`,
    ],
    [
      schemaText(USER_ID, { name: 'TAGS', type: { type: 'array', items: 'string' } }),
      `field TAGS has the type {"type":"array","items":"string"}; ${takes}, or an array of these`,
    ],
    [schemaText(USER_ID, { name: 'AGE', type: [] }), `field AGE has an empty union of types; ${takes}`],
    [schemaText(USER_ID, { name: 'AGE', type: ['int', 'int'] }), 'field AGE names a type twice in its union'],
    [schemaText(USER_ID, { ...AGE, categorical: 'yes' }), 'field AGE has "categorical": "yes"; it takes true or false'],
    [
      schemaText(USER_ID, { ...AGE, categorical: true }),
      'field AGE is categorical, which takes the type string, not int',
    ],
    [schemaText(USER_ID, AGE, AGE), 'field AGE is there twice: AGE make age in messages'],
  ])('%s', (text, message) => {
    expect(() => readUsersSchema(text)).toThrow(new SchemaError(message));
  });

  test('a text that is not JSON', () => {
    expect(() => readUsersSchema('{"type": record}')).toThrow(/^the schema is not JSON: /);
  });

  test('25 metadata fields are taken, 26 are not', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `FIELD_${i}`, type: 'int' }));
    expect(readUsersSchema(schemaText(USER_ID, ...fields(25))).fields).toHaveLength(25);
    expect(() => readUsersSchema(schemaText(USER_ID, ...fields(26)))).toThrow(
      'there are 26 fields besides USER_ID; a Users dataset takes 25',
    );
  });
});
