import { describe, expect, test } from '@jest/globals';
import { createMessageReader, type MessageReading } from '../../../contract/message/read-message.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });

function reasonOf(reading: MessageReading): string | undefined {
  if (reading.kind === 'invalid') return reading.reason.message;
  return reading.users.flatMap((user) => (user.kind === 'invalid' ? [user.reason.message] : []))[0];
}

describe('a member that is given twice is rejected, since only one of the two could be kept', () => {
  test.each<[string, string]>([
    ['{"userId":"a","userId":"b"}', 'userId: is given twice'],
    ['{"userId":"a","userId":"a"}', 'userId: is given twice'],
    ['{"userId":7,"userId":"b"}', 'userId: is given twice'],
    ['{"userId":"a","user\\u0049d":"b"}', 'userId: is given twice'],
    ['{"userId":"a","properties":{},"properties":{"age":7}}', 'properties: is given twice'],
    ['{"userId":"a","properties":{"age":7,"age":8}}', 'properties.age: is given twice'],
    ['{"userId":"a","properties":{"age":7,"\\u0061ge":8}}', 'properties.age: is given twice'],
    [' {\n"userId" :\t"a" , "properties" : { "age" : 7 , "age" : 8 } } ', 'properties.age: is given twice'],
    ['{"userId":"a","properties":{"age:":"\\":","age:":": "}}', 'properties["age:"]: is given twice'],
    ['{"userId":"a","properties":{"\\"":1,"\\"":2}}', 'properties["\\""]: is given twice'],
    ['{"userId":"a","properties":{"b\\\\":1,"s":" :","b\\\\":2}}', 'properties["b\\\\"]: is given twice'],
    ['{"userId":"a","properties":{"__proto__":1,"__proto__":2}}', 'properties.__proto__: is given twice'],
    ['{"userId":"a","properties":{"":1,"":2}}', 'properties[""]: is given twice'],
    ['{"userId":"a","properties":{"1":1,"b":{},"1":2}}', 'properties["1"]: is given twice'],
    ['{"userId":"a","properties":"{\\"age\\":7,\\"age\\":8}"}', 'properties.age: is given twice'],
    ['{"userId":"a","properties":"{\\"age\\":7,\\"\\\\u0061ge\\":8}"}', 'properties.age: is given twice'],
    ['{"users":[{"userId":"a"}],"users":[{"userId":"b"}]}', 'users: is given twice'],
    ['{"users":7,"users":[{"userId":"b"}]}', 'users: is given twice'],
    ['{"users":[{"userId":"a"},{"userId":"b","userId":"c"}]}', 'users[1].userId: is given twice'],
    ['{"users":[{"userId":"a","properties":{"n":1,"n":2}}]}', 'users[0].properties.n: is given twice'],
  ])('%.70s', (body, reason) => {
    expect(reasonOf(read(body))).toBe(reason);
  });

  test('in a packed message it is that user alone, and both of its values are in its dead letter', () => {
    const reading = read('{"users":[{"userId":"a"}, {"userId":"b", "userId":"c"} ,{"userId":"d"}]}');
    expect(reading).toMatchObject({
      users: [{ kind: 'valid' }, { kind: 'invalid', body: '{"userId":"b", "userId":"c"}' }, { kind: 'valid' }],
    });
  });
});

describe('a name that only looks as if it was given twice is taken', () => {
  test.each([
    '{"userId":"a","properties":{"s":"a:b","t":"\\":","u":": :","v":"\\\\"}}',
    '{"userId":"a","properties":{"age":7,"Age":8,"age ":9}}',
    '{"userId":"a","properties":{"userId":"b","properties":"c","users":"d"}}',
    '{"userId":"\\":","properties":{" :":":"}}',
    '{"userId":"a","properties":"{\\"s\\":\\"\\\\\\":\\"}"}',
    '{"users":[{"userId":"a"},{"userId":"a"}]}',
    '{ "users" : [ { "userId" : "a : b" , "properties" : { "x" : " : " } } ] }',
  ])('%s', (body) => {
    expect(reasonOf(read(body))).toBeUndefined();
  });
});

describe('V8 takes a name with an escape for one with a backslash that it has seen (nodejs/node#63785)', () => {
  test.each<[string, string, string]>([
    ['"\\\\"', '"\\""', '"'],
    ['"\\\\"', '"\\n"', '\n'],
    ['"caf\\\\"', '"caf\\u00e9"', 'café'],
  ])('but after %s the reader still reads %s', (poison, name, meant) => {
    read(`{"userId":"a","properties":{"age":1,${poison}:2}}`);
    const reading = read(`{"userId":"a","properties":{"age":1,${name}:2}}`);
    expect(reading).toMatchObject({ users: [{ user: { properties: JSON.stringify({ age: 1, [meant]: 2 }) } }] });
  });

  test('nor are two such names in properties written as text taken for one', () => {
    const text = (last: string) => `{"age":1,"\\\\":2,${last}:3}`;
    const body = (last: string) => JSON.stringify({ userId: 'a', properties: text(last) });
    expect(reasonOf(read(body('"x"')))).toBeUndefined();
    expect(reasonOf(read(body('"\\""')))).toBeUndefined();
    expect(reasonOf(read(JSON.stringify({ userId: 'a', properties: '{"age":1,"\\"":3}' })))).toBeUndefined();
  });
});
