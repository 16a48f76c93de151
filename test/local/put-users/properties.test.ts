import { describe, expect, test } from '@jest/globals';
import { readProperties, toStore } from '../../../local/put-users/properties.ts';
import { thrownBy } from './support.ts';

describe('reading properties', () => {
  test('takes strings, numbers, booleans and null', () => {
    const properties = { name: 'Ada', age: 36, rating: 4.5, subscribed: true, genre: null, genres: 'a|b', empty: '' };
    expect(toStore(readProperties(JSON.stringify(properties)))).toEqual(properties);
  });

  test('takes no properties for an empty object', () => {
    expect(readProperties(undefined)).toEqual({});
  });

  test('takes a text of any length: what limits it is the length of the properties, and the schema', () => {
    const properties = { biography: '😀'.repeat(20_000) };
    expect(readProperties(JSON.stringify(properties))).toEqual(properties);
  });
});

describe('a number', () => {
  const NUMBERS = [
    '31',
    '31.0',
    '1e1',
    '-0',
    '9007199254740993',
    '9223372036854775807',
    '0.10000000000000000001',
    '1e999',
  ];

  test.each(NUMBERS)('%s is kept as it is written', (text) => {
    expect(JSON.stringify(readProperties(`{"n":${text},"__proto__":${text}}`))).toBe(
      `{"n":${text},"__proto__":${text}}`,
    );
  });

  test('of a name that is given twice is the last', () => {
    expect(JSON.stringify(readProperties('{"n":1.0,"n":"x","n":2.0}'))).toBe('{"n":2.0}');
  });

  test.each([
    ['31.0', 31],
    ['1e1', 10],
    ['4.5', 4.5],
    ['9007199254740991', 2 ** 53 - 1],
  ])('%s is stored as %d', (text, number) => {
    expect(toStore(readProperties(`{"n":${text}}`))).toEqual({ n: number });
  });

  test.each(['9007199254740993', '-9223372036854775808', '-0', '1e999'])(
    '%s, which a double would not hold, is stored as text',
    (text) => {
      expect(JSON.stringify(toStore(readProperties(`{"n":${text}}`)))).toBe(`{"n":${text}}`);
    },
  );
});

describe('properties that are not flat are an InvalidInputException that names them', () => {
  test.each([
    ['{age: 36}', 'Error parsing properties json'],
    ['[]', 'Error parsing properties json: must be an object, not an array'],
    ['"text"', 'Error parsing properties json: must be an object, not a string'],
    ['null', 'Error parsing properties json: must be an object, not null'],
    ['{"address":{"city":"Ulm"}}', "Property 'address' must be a string, number, boolean or null, not an object"],
    ['{"age":36,"genres":["a"]}', "Property 'genres' must be a string, number, boolean or null, not an array"],
    [
      `{"a":${'['.repeat(11_000)}${']'.repeat(11_000)}}`,
      "Property 'a' must be a string, number, boolean or null, not an array",
    ],
    ['{"__proto__":{}}', "Property '__proto__' must be a string, number, boolean or null, not an object"],
  ])('%.60s', (text, message) => {
    expect(thrownBy(() => readProperties(text))).toMatchObject({ name: 'InvalidInputException', status: 400, message });
  });
});
