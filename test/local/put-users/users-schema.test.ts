import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { propertyNameOf } from '../../../local/put-users/property-name.ts';
import { readUsersSchema } from '../../../local/put-users/users-schema.ts';
import { thrownBy } from './support.ts';

const USER_ID = { name: 'USER_ID', type: 'string' };

function schemaText(...fields: readonly unknown[]): string {
  return JSON.stringify({ type: 'record', name: 'Users', fields });
}

describe('the name of a property', () => {
  test.each([
    ['NUMBER_OF_VIDEOS_WATCHED', 'numberOfVideosWatched'],
    ['AGE', 'age'],
    ['Membership_Type', 'membershipType'],
    ['GENRE_L2', 'genreL2'],
    ['_PRIVATE__FIELD_', 'privateField'],
    ['age_group', 'ageGroup'],
    ['Email', 'email'],
    ['FullName', 'fullName'],
    ['memberClass', 'memberClass'],
  ])('is the field %s in camel case: %s', (field, property) => {
    expect(propertyNameOf(field)).toBe(property);
  });
});

describe('a schema', () => {
  test('is read field by field', () => {
    const schema = readUsersSchema(readFileSync('samples/users-schema.avsc'));
    expect(schema.map(({ property }) => property)).toEqual([
      'age',
      'gender',
      'membershipType',
      'country',
      'numberOfVideosWatched',
      'averageRating',
      'subscribed',
      'favouriteGenres',
    ]);
    expect(schema[1]).toMatchObject({ types: ['null', 'string'], categorical: true });
  });

  test.each(['bom-schema.avsc', 'described-schema.json', 'quoted-schema.json'])(
    'is read as people have it: %s',
    (name) => {
      const plain = readUsersSchema(readFileSync('test/fixtures/schemas/plain-schema.avsc'));
      expect(readUsersSchema(readFileSync(`test/fixtures/schemas/${name}`))).toEqual(plain);
    },
  );

  test('in UTF-16 is named as that', () => {
    const bytes = readFileSync('test/fixtures/schemas/utf16-schema.avsc');
    expect(() => readUsersSchema(bytes)).toThrow('the schema is not UTF-8: save it as UTF-8');
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
    [schemaText(USER_ID, AGE, { ...AGE, name: 'Age' }), 'field Age is there twice: two fields make age'],
  ])('%s', (text, message) => {
    expect(thrownBy(() => readUsersSchema(text))).toMatchObject({ name: 'SchemaError', message });
  });

  test('a text that is not JSON', () => {
    expect(() => readUsersSchema('{"type": record}')).toThrow(/^the schema is not JSON: /);
  });

  test('25 metadata fields are taken, 26 are not', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `FIELD_${i}`, type: 'int' }));
    expect(readUsersSchema(schemaText(USER_ID, ...fields(25)))).toHaveLength(25);
    expect(() => readUsersSchema(schemaText(USER_ID, ...fields(26)))).toThrow(
      'there are 26 fields besides USER_ID; a Users dataset takes 25',
    );
  });
});
