import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { checkBySchema } from '../../../local/put-users/judge-user.ts';
import { readProperties } from '../../../local/put-users/properties.ts';
import {
  ACCEPTED_BY_DEFAULT,
  readAccepted,
  UNCERTAIN_KINDS,
  type UncertainKind,
} from '../../../local/put-users/uncertain-misfits.ts';
import { readUsersSchema, type UsersSchema } from '../../../local/put-users/users-schema.ts';
import { thrownBy } from './support.ts';

function schemaOf(...fields: readonly object[]): UsersSchema {
  return readUsersSchema(
    JSON.stringify({ type: 'record', name: 'Users', fields: [{ name: 'USER_ID', type: 'string' }, ...fields] }),
  );
}

/** What is wrong with properties, written as JSON; undefined for nothing. */
function problem(schema: UsersSchema, properties: string, accept: readonly UncertainKind[] = ACCEPTED_BY_DEFAULT) {
  const error = thrownBy(() => checkBySchema(schema, accept)(readProperties(properties)));
  if (error !== undefined) expect(error).toMatchObject({ name: 'InvalidInputException', status: 400 });
  return (error as Error | undefined)?.message;
}

const ofType = (type: unknown) => schemaOf({ name: 'FIELD', type });
const field = (value: string) => `{"field":${value}}`;

test('the sample schema takes a user of a streaming shop, a number in a string too', () => {
  const schema = readUsersSchema(readFileSync('samples/users-schema.avsc'));
  const properties = {
    age: 36,
    gender: null,
    membershipType: 'gold',
    country: 'DE',
    numberOfVideosWatched: '45',
    averageRating: 4.5,
    subscribed: true,
    favouriteGenres: 'drama|science fiction',
  };
  expect(problem(schema, JSON.stringify(properties), [])).toBeUndefined();
});

describe('a value fits the type of its field', () => {
  test.each<[unknown, string]>([
    ['string', '""'],
    ['string', '"12"'],
    ['boolean', 'false'],
    ['int', '-2147483648'],
    ['int', '2147483647'],
    ['int', '"-7"'],
    ['long', '2147483648'],
    ['long', '9223372036854775807'],
    ['long', '-9223372036854775808'],
    ['long', '"9223372036854775807"'],
    ['float', '4.5'],
    ['float', '"1e3"'],
    ['double', '1e300'],
    ['double', '7'],
    ['null', 'null'],
    [['null', 'string'], 'null'],
    [['int', 'string'], '"many"'],
  ])('%j takes %s', (type, value) => {
    expect(problem(ofType(type), field(value), [])).toBeUndefined();
  });

  test.each<[unknown, string, string]>([
    ['int', '1.5', 'int'],
    ['int', '2147483648', 'int'],
    ['int', '"2147483648"', 'int'],
    ['int', '-2147483649', 'int'],
    ['int', '2.147483648e9', 'int'],
    ['int', '""', 'int'],
    ['int', '"many"', 'int'],
    ['int', '"NaN"', 'int'],
    ['long', '1.5', 'long'],
    ['long', '9223372036854775808', 'long'],
    ['long', '-9223372036854775809', 'long'],
    ['long', '"9223372036854775808"', 'long'],
    ['long', '9007199254740993.5', 'long'],
    ['long', '3.0000000000000000001', 'long'],
    ['long', '1e400', 'long'],
    ['long', '1e-999999999', 'long'],
    ['float', '1e39', 'float'],
    ['float', '-3.4028235677973366e38', 'float'],
    ['double', '"much"', 'double'],
    ['double', '"1e999"', 'double'],
    [['null', 'int'], '"x"', 'null or int'],
  ])('%j never takes %s', (type, value, types) => {
    expect(problem(ofType(type), field(value), UNCERTAIN_KINDS)).toBe(
      `Property 'field' must be of type ${types}, as the schema of the dataset says`,
    );
  });

  test.each(['name', 'toString', '__proto__'])('%s is not in the schema', (name) => {
    expect(problem(ofType('string'), `{"field":"x","${name}":"x"}`, UNCERTAIN_KINDS)).toBe(
      `Property '${name}' is not in the schema of the dataset`,
    );
  });

  test('a property that is there in two spellings is refused', () => {
    expect(problem(ofType('string'), '{"field":"x","FIELD":"x"}', UNCERTAIN_KINDS)).toBe(
      "Property 'FIELD' is there twice, in two spellings",
    );
  });
});

describe('what is uncertain is refused, or taken if it is accepted:', () => {
  const CATEGORY = schemaOf({ name: 'FIELD', type: 'string', categorical: true });
  const TWO = schemaOf({ name: 'FIELD', type: 'string' }, { name: 'AGE', type: ['null', 'int'] });
  const EXAMPLES: readonly (readonly [UncertainKind, UsersSchema, string])[] = [
    ['otherSpelling', ofType('string'), '{"FIELD":"x"}'],
    ['otherSpelling', ofType('string'), '{"Field":"x"}'],
    ['userIdAsProperty', ofType('string'), '{"field":"x","userId":"u"}'],
    ['userIdAsProperty', ofType('string'), '{"field":"x","USER_ID":"u"}'],
    ['otherNumber', ofType('int'), field('31.0')],
    ['otherNumber', ofType('long'), field('9.223372036854775807e18')],
    ['otherNumber', ofType('int'), field('-0')],
    ...['31.0', '1e1', ' 7', '007', '+7', '1,000', '1_000', '31.', '0x1F', '31L'].map(
      (text) => ['otherNumberText', ofType('int'), field(JSON.stringify(text))] as const,
    ),
    ...['.5', 'NaN', '-Infinity'].map(
      (text) => ['otherNumberText', ofType('float'), field(JSON.stringify(text))] as const,
    ),
    ['numberForText', ofType('string'), field('12')],
    ['booleanForText', ofType('string'), field('true')],
    ['textForBoolean', ofType('boolean'), field('"true"')],
    ['textForBoolean', ofType('boolean'), field('"false"')],
    ['otherBooleanText', ofType('boolean'), field('"yes"')],
    ['otherBooleanText', ofType('boolean'), field('"True"')],
    ['numberForBoolean', ofType('boolean'), field('1')],
    ['booleanForNumber', ofType('int'), field('true')],
    ['booleanForNumber', ofType('double'), field('false')],
    ['valueForNull', ofType('null'), field('""')],
    ['longCategory', CATEGORY, field(JSON.stringify('😀'.repeat(1001)))],
    ['missing', ofType('string'), '{}'],
    ['missing', TWO, '{"age":7}'],
    ['nullNotAllowed', ofType('string'), field('null')],
  ];

  test.each(EXAMPLES)('%s', (kind, schema, properties) => {
    const others = UNCERTAIN_KINDS.filter((each) => each !== kind);
    expect(problem(schema, properties, others)).toMatch(/^Property '/);
    expect(problem(schema, properties, [kind])).toBeUndefined();
  });

  test('there is an example of each kind', () => {
    expect(new Set(EXAMPLES.map(([kind]) => kind))).toEqual(new Set(UNCERTAIN_KINDS));
  });

  test('if nobody says otherwise, a missing property, "true" for a boolean and 31.0 for an int are taken', () => {
    for (const [kind, schema, properties] of EXAMPLES) {
      const isTaken = ['missing', 'textForBoolean', 'otherNumber'].includes(kind);
      expect([properties, problem(schema, properties) === undefined]).toEqual([properties, isTaken]);
    }
  });

  test('the length of a text is limited only where it is categorical', () => {
    expect(problem(ofType('string'), field(JSON.stringify('x'.repeat(20_000))), [])).toBeUndefined();
    expect(problem(CATEGORY, field(JSON.stringify('😀'.repeat(1000))), [])).toBeUndefined();
    expect(problem(CATEGORY, field(JSON.stringify('x'.repeat(1001))), [])).toBe(
      "Property 'field' must have at most 1000 characters, since the schema of the dataset says that it is categorical",
    );
  });

  test('what is missing is named', () => {
    expect(problem(TWO, '{"age":7}', [])).toBe(
      "Property 'field' is missing, and the schema of the dataset does not let it be null",
    );
  });
});

describe('which kinds are accepted', () => {
  test('is said by their names, or by a word', () => {
    expect(readAccepted('missing, longCategory')).toEqual(['missing', 'longCategory']);
    expect(readAccepted('all')).toEqual(UNCERTAIN_KINDS);
    expect(readAccepted('none')).toEqual([]);
  });

  test.each(['', 'missin', 'missing,', 'unknownName', 'all,missing', 'toString'])('cannot be %j', (text) => {
    expect(() => readAccepted(text)).toThrow(/^there is no kind '.*'; there is all, none, or any of otherSpelling, /);
  });
});
