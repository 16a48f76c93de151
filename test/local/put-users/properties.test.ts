import { describe, expect, test } from '@jest/globals';
import { readProperties } from '../../../local/put-users/properties.ts';
import { thrownBy } from './support.ts';

describe('reading properties', () => {
  test('takes strings, numbers, booleans and null', () => {
    const properties = { name: 'Ada', age: 36, rating: 4.5, subscribed: true, genre: null, genres: 'a|b', empty: '' };
    expect(readProperties(JSON.stringify(properties))).toEqual(properties);
  });

  test('takes no properties for an empty object', () => {
    expect(readProperties(undefined)).toEqual({});
  });

  test('takes a text of any length: what limits it is the length of the properties, and the schema', () => {
    const properties = { biography: '😀'.repeat(20_000) };
    expect(readProperties(JSON.stringify(properties))).toEqual(properties);
  });
});

describe('properties that are not flat are an InvalidInputException that names them', () => {
  test.each([
    ['{age: 36}', 'Error parsing properties json'],
    ['[]', 'Error parsing properties json: must be an object, not an array'],
    ['"text"', 'Error parsing properties json: must be an object, not a string'],
    ['null', 'Error parsing properties json: must be an object, not null'],
    ['{"address":{"city":"Ulm"}}', "Property 'address' must be a string, number, boolean or null, not an object"],
    ['{"age":36,"genres":["a"]}', "Property 'genres' must be a string, number, boolean or null, not an array"],
    ['{"__proto__":{}}', "Property '__proto__' must be a string, number, boolean or null, not an object"],
  ])('%.60s', (text, message) => {
    expect(thrownBy(() => readProperties(text))).toMatchObject({ name: 'InvalidInputException', status: 400, message });
  });
});
