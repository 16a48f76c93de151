import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkAgainstSchema, propertyNameOf, readUsersSchema } from '../../../local/put-users/avro-schema.ts';
import type { PropertyValue } from '../../../local/put-users/properties.ts';
import { thrownBy } from './support.ts';

const USER_ID = { name: 'USER_ID', type: 'string' };

function schemaText(...fields: readonly unknown[]): string {
  return JSON.stringify({ type: 'record', name: 'Users', fields });
}

function schemaOfType(type: unknown) {
  return readUsersSchema(schemaText(USER_ID, { name: 'FIELD', type }));
}

describe('the name of a property', () => {
  test.each([
    ['NUMBER_OF_VIDEOS_WATCHED', 'numberOfVideosWatched'],
    ['AGE', 'age'],
    ['Membership_Type', 'membershipType'],
    ['GENRE_L2', 'genreL2'],
    ['_PRIVATE__FIELD_', 'privateField'],
  ])('is the field %s in camel case: %s', (field, property) => {
    expect(propertyNameOf(field)).toBe(property);
  });
});

describe('the sample schema', () => {
  const schema = readUsersSchema(readFileSync('samples/users-schema.avsc', 'utf8'));

  test('takes a user of a streaming shop', () => {
    const properties = {
      age: 36,
      gender: null,
      membershipType: 'gold',
      country: 'DE',
      numberOfVideosWatched: 45,
      averageRating: 4.5,
      subscribed: true,
      favouriteGenres: 'drama|science fiction',
    };
    expect([...schema.keys()]).toEqual(Object.keys(properties));
    expect(() => checkAgainstSchema(properties, schema)).not.toThrow();
  });

  test('takes a number in a string, as the example of the API reference has it', () => {
    expect(() => checkAgainstSchema({ numberOfVideosWatched: '45' }, schema)).not.toThrow();
  });
});

describe('a value fits the type of its field', () => {
  test.each<[unknown, PropertyValue]>([
    ['string', ''],
    ['string', '12'],
    ['boolean', false],
    ['boolean', 'true'],
    ['int', -(2 ** 31)],
    ['int', 2 ** 31 - 1],
    ['int', '-7'],
    ['long', 2 ** 31],
    ['long', -(2 ** 63)],
    ['float', 4.5],
    ['float', '1e3'],
    ['double', 1e300],
    ['double', 7],
    ['null', null],
    [['null', 'string'], null],
    [['int', 'string'], 'many'],
  ])('%j takes %j', (type, value) => {
    expect(() => checkAgainstSchema({ field: value }, schemaOfType(type))).not.toThrow();
  });

  test.each<[unknown, PropertyValue, string]>([
    ['string', 12, 'string'],
    ['string', null, 'string'],
    ['boolean', 'yes', 'boolean'],
    ['boolean', 1, 'boolean'],
    ['int', 1.5, 'int'],
    ['int', 2 ** 31, 'int'],
    ['int', -(2 ** 31) - 1, 'int'],
    ['int', '', 'int'],
    ['int', ' 7', 'int'],
    ['int', '0x7', 'int'],
    ['int', true, 'int'],
    ['int', null, 'int'],
    ['long', 1.5, 'long'],
    ['long', 2 ** 63, 'long'],
    ['float', 1e300, 'float'],
    ['double', 'much', 'double'],
    ['double', '1e999', 'double'],
    ['null', '', 'null'],
    [['null', 'int'], 'x', 'null or int'],
  ])('%j does not take %j', (type, value, types) => {
    expect(thrownBy(() => checkAgainstSchema({ field: value }, schemaOfType(type)))).toMatchObject({
      name: 'InvalidInputException',
      message: `Property 'field' must be of type ${types}, as the schema of the dataset says`,
    });
  });

  test.each(['userId', 'AGE', 'toString', '__proto__'])('%s is not in the schema', (name) => {
    const properties = JSON.parse(`{"${name}": "x"}`);
    expect(thrownBy(() => checkAgainstSchema(properties, schemaOfType('string')))).toMatchObject({
      name: 'InvalidInputException',
      message: `Property '${name}' is not in the schema of the dataset`,
    });
  });
});

describe('a schema that is not one says what is wrong with it', () => {
  const AGE = { name: 'AGE', type: 'int' };
  const takes = 'it takes null, boolean, int, long, float, double, string';

  test.each([
    ['[]', 'the schema must be a JSON object, not an array'],
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
    [schemaText(USER_ID, AGE, AGE), 'field AGE is there twice: two fields make age'],
  ])('%s', (text, message) => {
    expect(thrownBy(() => readUsersSchema(text))).toMatchObject({ name: 'SchemaError', message });
  });

  test('a text that is not JSON', () => {
    expect(() => readUsersSchema('{"type": record}')).toThrow(/^the schema is not JSON: /);
  });

  test('25 metadata fields are taken, 26 are not', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `FIELD_${i}`, type: 'int' }));
    expect(readUsersSchema(schemaText(USER_ID, ...fields(25))).size).toBe(25);
    expect(() => readUsersSchema(schemaText(USER_ID, ...fields(26)))).toThrow(
      'there are 26 fields besides USER_ID; a Users dataset takes 25',
    );
  });
});
