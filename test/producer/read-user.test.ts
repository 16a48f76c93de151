import { describe, expect, test } from '@jest/globals';
import { createMessageReader } from '../../contract/message/read-message.ts';
import { readUser } from '../../producer/read-user.ts';

const read = (user: unknown) => readUser(user, createMessageReader({ maxPropertiesLength: 4096 }));
const properties = (value: unknown) => {
  const reading = read({ userId: 'a', properties: { p: value } });
  return reading.kind === 'valid' ? reading.user.properties : reading.reason.message;
};

describe('a user of a program', () => {
  test.each([
    ['text', '{"p":"text"}'],
    [31, '{"p":31}'],
    [4.5, '{"p":4.5}'],
    [false, '{"p":false}'],
    [null, '{"p":null}'],
    [9007199254740993n, '{"p":9007199254740993}'],
    [['Crime', 'Drama'], '{"p":"Crime|Drama"}'],
    [undefined, '{}'],
  ])('has %p written as %s', (value, text) => {
    expect(properties(value)).toBe(text);
  });

  test.each([
    [Number.NaN, 'properties.p: must be a finite number, not NaN'],
    [Number.POSITIVE_INFINITY, 'properties.p: must be a finite number, not Infinity'],
    [2 ** 53, 'properties.p: is a whole number beyond 2^53, which may have lost digits: give it as a bigint'],
    [[], 'properties.p: must not be an empty array: leave it out, or send null'],
    [['a', 1], 'properties.p: must be an array of strings'],
    [['a|b'], 'properties.p: holds a category with a "|", which would become two'],
    [new Date(0), 'properties.p: nested objects are not allowed'],
    [{ years: 31 }, 'properties.p: nested objects are not allowed'],
    [['Crime', 'a|b'], 'properties.p: holds a category with a "|", which would become two'],
    [Symbol('x'), 'properties.p: must be a string, number, boolean, null or an array of strings, not a symbol'],
    [() => 1, 'properties.p: must be a string, number, boolean, null or an array of strings, not a function'],
    ['x'.repeat(4089), 'properties: must have at most 4096 characters when written as JSON'],
  ])('is refused with %p, and says why', (value, reason) => {
    expect(properties(value)).toBe(reason);
  });

  test.each([
    [undefined, 'the user must be an object: {userId, properties}'],
    [null, 'the user must be an object: {userId, properties}'],
    ['a', 'the user must be an object: {userId, properties}'],
    [{}, 'userId: is required'],
    [{ userId: '' }, 'userId: must not be empty'],
    [{ userId: 'a', props: {} }, 'props: is not a member of the message contract'],
    [{ users: [{ userId: 'a' }] }, 'users: is not a member of a user'],
    [{ userId: 'a', properties: [1] }, 'properties: must be a JSON object, or one written as a string'],
  ])('is refused as %p', (user, reason) => {
    expect(read(user)).toMatchObject({ kind: 'refused', reason: { message: reason } });
  });

  // JSON.stringify makes {} of most of these, which would replace all that is stored of the user by nothing.
  test.each<[string, unknown, string]>([
    ['a promise', Promise.resolve({ age: 31 }), 'must be a plain object, not a Promise: is an await missing?'],
    ['a map', new Map([['age', 31]]), 'must be a plain object, not a Map: Object.fromEntries makes one of it'],
    ['a set', new Set(['Crime']), 'must be a plain object, not a Set'],
    ['a date', new Date(0), 'must be a plain object, not a Date'],
    ['bytes', Buffer.from('{"age":31}'), 'must be a plain object, not a Uint8Array'],
    ['a boxed string', new String('{}'), 'must be a plain object, not a String'],
    ['an error', new Error('no'), 'must be a plain object, not an Error'],
    ['a function', () => ({ age: 31 }), 'must be a plain object, not a function'],
    ['a symbol', Symbol('x'), 'must be a plain object, not a symbol'],
    ['a bigint', 5n, 'must be a plain object, not a bigint'],
  ])('is refused with %s for properties', (_, value, problem) => {
    expect(read({ userId: 'a', properties: value })).toMatchObject({
      kind: 'refused',
      reason: { message: `properties: ${problem}` },
    });
  });

  test('may be of a class, and its properties too', () => {
    class Member {
      age = 31;
    }
    class Person {
      userId = 'a';
      properties = new Member();
    }
    expect(read(new Person())).toMatchObject({ kind: 'valid', user: { userId: 'a', properties: '{"age":31}' } });
  });

  test.each<[string, object, string]>([
    ['a userId that is a bigint', { userId: 5n }, 'userId: must be a string'],
    ['a way of its own to be written', { userId: 'a', toJSON: () => ({ userId: 'b' }) }, 'toJSON: is not called'],
    [
      'a member that goes round in circles',
      Object.assign({ userId: 'a', self: {} as object }, {}),
      'self: is not a member',
    ],
  ])('is refused with %s', (_, user, reason) => {
    if ('self' in user) Object.assign(user.self as object, { self: user });
    expect(read(user)).toMatchObject({ kind: 'refused', reason: { message: expect.stringContaining(reason) } });
  });

  test.each([
    [17, '17'],
    [18446744073709551615n, '18446744073709551615'],
    [new Date(1795685400123), '"2026-11-26T09:30:00.123Z"'],
    ['2026-11-26T10:30:00+01:00', '"2026-11-26T10:30:00+01:00"'],
  ])('has the version %p written as %s', (version, text) => {
    expect(read({ userId: 'a', version })).toMatchObject({ kind: 'valid', version: { text } });
  });

  test.each([
    [2 ** 53, 'version: is a whole number beyond 2^53, which may have lost digits: give it as a bigint'],
    [Number.NaN, 'version: must be a finite number, not NaN'],
    [new Date('no time'), 'version: is an invalid Date'],
    ['17', 'version: is a whole number written as a string: leave out the quotes'],
    [-1n, expect.stringContaining('version: must be a whole number from 0')],
  ])('is refused with the version %p', (version, reason) => {
    expect(read({ userId: 'a', version })).toMatchObject({ kind: 'refused', reason: { message: reason } });
  });
});
