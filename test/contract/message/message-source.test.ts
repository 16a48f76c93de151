import { describe, expect, test } from '@jest/globals';
import { isReadInFull, readSource } from '../../../contract/message/message-source.ts';

describe('nothing of a body is missing from what JSON.parse made of it', () => {
  const inFull = (body: string) => isReadInFull(body, JSON.parse(body));

  test.each([
    '{"userId":"a"}',
    '{"userId":"a","properties":{"age":7,"city":"x"}}',
    '{"userId":"a","properties":"{\\"age\\":7}"}',
    '{"users":[{"userId":"a"},{"userId":"b","properties":{"age":7}}]}',
  ])('%s', (body) => {
    expect(inFull(body)).toBe(true);
  });

  test.each([
    '{"userId":"a","userId":"b"}',
    '{"userId":"a","properties":{"age":7,"age":8}}',
    '{"users":[{"userId":"a"},{"userId":"b","properties":{"age":7,"age":8}}]}',
  ])('but of %s', (body) => {
    expect(inFull(body)).toBe(false);
  });
});

describe('the source of a body', () => {
  test('holds each packed user as it was written', () => {
    expect(readSource(' {"users" : [ {"userId":"a"} , 7,"x" ]} ')).toEqual({
      value: { users: [{ userId: 'a' }, 7, 'x'] },
      repeated: undefined,
      users: [
        { text: '{"userId":"a"}', repeated: undefined },
        { text: '7', repeated: undefined },
        { text: '"x"', repeated: undefined },
      ],
    });
  });

  test('holds none if they are not in an array', () => {
    expect(readSource('{"users":{"userId":"a"}}').users).toEqual([]);
    expect(readSource('{"userId":"a"}').users).toEqual([]);
  });

  test('is read as deep as the contract goes, and no deeper', () => {
    expect(readSource('{"users":[{"properties":{"bad":{"deeper":1}}}]}').value).toEqual({
      users: [{ properties: { bad: {} } }],
    });
  });

  test.each<[string, readonly string[]]>([
    ['{"userId":"a","userId":"b"}', ['userId']],
    ['{"userId":"a","properties":{"n":1,"n":2}}', ['properties', 'n']],
    ['{"users":[],"users":[]}', ['users']],
  ])('names the member that %s gives twice', (body, path) => {
    expect(readSource(body).repeated).toEqual(path);
  });

  test('names the member that a packed user gives twice, with that user', () => {
    const { repeated, users } = readSource('{"users":[{"userId":"a"},{"userId":"b","properties":{"n":1,"n":2}}]}');
    expect(repeated).toBeUndefined();
    expect(users.map((user) => user.repeated)).toEqual([undefined, ['properties', 'n']]);
  });

  test('does not look for repeated members where an object is not allowed', () => {
    const body = '{"userId":{"n":1,"n":2},"properties":[{"n":1,"n":2}],"other":{"n":1,"n":2}}';
    expect(readSource(body).repeated).toBeUndefined();
  });
});
