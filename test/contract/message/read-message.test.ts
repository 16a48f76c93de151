import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { createMessageReader, type MessageReading } from '../../../contract/message/read-message.ts';
import { writeUser } from '../../../contract/message/write-message.ts';
import { runs } from '../../support/property-runs.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });

function reasonOf(reading: MessageReading): string | undefined {
  if (reading.kind === 'invalid') return reading.reason.message;
  return reading.users.flatMap((user) => (user.kind === 'invalid' ? [user.reason.message] : []))[0];
}

function usersOf(reading: MessageReading) {
  return reading.kind === 'users' ? reading.users : [];
}

describe('a body that keeps the contract', () => {
  test.each<[string, string, object[]]>([
    ['one user', '{"userId":"a","properties":{"age":7}}', [{ userId: 'a', properties: '{"age":7}' }]],
    ['a user without properties', '{"userId":"a"}', [{ userId: 'a' }]],
    [
      'properties as a JSON string, sent as they came',
      '{"userId":"a","properties":"{ \\"age\\": 7.0 }"}',
      [{ userId: 'a', properties: '{ "age": 7.0 }' }],
    ],
    [
      'every kind of value',
      '{"userId":"a","properties":{"s":"x|y","n":1.5,"b":true,"z":null}}',
      [{ userId: 'a', properties: '{"s":"x|y","n":1.5,"b":true,"z":null}' }],
    ],
    ['packed users', '{"users":[{"userId":"a"},{"userId":"b"}]}', [{ userId: 'a' }, { userId: 'b' }]],
    [
      'a userId of 256 characters, more in UTF-16',
      JSON.stringify({ userId: '😀'.repeat(256) }),
      [{ userId: '😀'.repeat(256) }],
    ],
    [
      'a text as long as the properties may be',
      JSON.stringify({ userId: 'a', properties: { s: 'é'.repeat(4088) } }),
      [{ userId: 'a', properties: JSON.stringify({ s: 'é'.repeat(4088) }) }],
    ],
    [
      'names that are special in JavaScript',
      '{"userId":"__proto__","properties":{"__proto__":1,"constructor":"x","toString":null}}',
      [{ userId: '__proto__', properties: '{"__proto__":1,"constructor":"x","toString":null}' }],
    ],
    [
      'a 64-bit number, to the digit',
      '{"userId":"a","properties":{"n":9007199254740993,"m":-9223372036854775808}}',
      [{ userId: 'a', properties: '{"n":9007199254740993,"m":-9223372036854775808}' }],
    ],
    [
      'a number with more digits than a double has, as a property of a name that is special',
      '{"userId":"a","properties":{"__proto__":9007199254740993}}',
      [{ userId: 'a', properties: '{"__proto__":9007199254740993}' }],
    ],
    ['minus zero', '{"userId":"a","properties":{"n":-0}}', [{ userId: 'a', properties: '{"n":-0}' }]],
    [
      'a number at the edge of what a double holds',
      '{"userId":"a","properties":{"n":9007199254740992}}',
      [{ userId: 'a', properties: '{"n":9007199254740992}' }],
    ],
  ])('%s', (_, body, users) => {
    const reading = read(body);
    expect(reasonOf(reading)).toBeUndefined();
    expect(reading).toMatchObject({ kind: 'users', users: users.map((user) => ({ kind: 'valid', user })) });
  });
});

describe('a body that breaks it is rejected with a reason that names the member', () => {
  test.each<[string, string]>([
    ['', 'the body is not JSON: Unexpected end of JSON input'],
    [
      '{"userId":"a"',
      "the body is not JSON: Expected ',' or '}' after property value in JSON at position 13 (line 1 column 14)",
    ],
    ['null', 'the body must be a JSON object: one user, or {"users": [...]}'],
    ['7', 'the body must be a JSON object: one user, or {"users": [...]}'],
    ['[{"userId":"a"}]', 'the body must be a JSON object: one user, or {"users": [...]}'],
    ['{}', 'userId: is required'],
    ['{"userId":""}', 'userId: must not be empty'],
    ['{"userId":7}', 'userId: must be a string'],
    ['{"userId":null}', 'userId: must be a string'],
    [JSON.stringify({ userId: 'x'.repeat(257) }), 'userId: must have at most 256 characters'],
    ['{"userId":"\\ud800"}', 'userId: must be well-formed Unicode: it has half of a surrogate pair'],
    ['{"userId":"a","property":{}}', 'property: is not a member of the message contract'],
    ['{"userId":"a","__proto__":{}}', '__proto__: is not a member of the message contract'],
    ['{"userId":"a","properties":null}', 'properties: must be a JSON object, or one written as a string'],
    ['{"userId":"a","properties":[]}', 'properties: must be a JSON object, or one written as a string'],
    ['{"userId":"a","properties":""}', 'properties: is a string that is not JSON'],
    ['{"userId":"a","properties":"[]"}', 'properties: is a string that does not hold a JSON object'],
    ['{"userId":"a","properties":{"age":{"years":7}}}', 'properties.age: nested objects are not allowed'],
    ['{"userId":"a","properties":"{\\"age\\":{}}"}', 'properties.age: nested objects are not allowed'],
    [
      '{"userId":"a","properties":{"genres":["x"]}}',
      'properties.genres: arrays are not allowed: send several categories as one string joined by "|"',
    ],
    ['{"userId":"a","properties":{"first name":{}}}', 'properties["first name"]: nested objects are not allowed'],
    ['{"userId":"a","properties":{"n":1e400}}', 'properties.n: is a number too large for a double'],
    [
      JSON.stringify({ userId: 'a', properties: { s: 'x'.repeat(4089) } }),
      'properties: must have at most 4096 characters when written as JSON',
    ],
    [
      '{"userId":"a","properties":{"s":"\\udfff"}}',
      'properties.s: must be well-formed Unicode: it has half of a surrogate pair',
    ],
    [
      JSON.stringify({
        userId: 'a',
        properties: Object.fromEntries(Array.from({ length: 5 }, (_, n) => [`p${n}`, 'x'.repeat(1000)])),
      }),
      'properties: must have at most 4096 characters when written as JSON',
    ],
    ['{"users":[]}', 'users: must hold at least one user'],
    ['{"users":{}}', 'users: must be an array of users'],
    ['{"users":[{"userId":"a"}],"userId":"a"}', 'userId: is not a member of the message contract'],
    [
      '{"users":[{"userId":"a"},{"userId":"a","properties":{"age":[]}}]}',
      'users[1].properties.age: arrays are not allowed: send several categories as one string joined by "|"',
    ],
    ['{"users":["a"]}', 'users[0]: must be a JSON object'],
    ['{"users":[{"users":[]}]}', 'users[0].userId: is required'],
    ['{"users":[[]]}', 'users[0]: must be a JSON object'],
    ['{"users":[9007199254740993]}', 'users[0]: must be a JSON object'],
    ['{"userId":9007199254740993}', 'userId: must be a string'],
    ['{"userId":"a","userId":"a"}', 'userId: is given twice'],
    ['{"users":[],"users":[]}', 'users: is given twice'],
    ['{"users":[{"userId":"a","userId":"b"}]}', 'users[0].userId: is given twice'],
    ['{"userId":"a","properties":{"n":1,"n":2}}', 'properties.n: is given twice'],
    ['{"userId":"a","properties":"{\\"n\\":1,\\"n\\":2}"}', 'properties.n: is given twice'],
    ['{"userId":"a","a1_$":1}', 'a1_$: is not a member of the message contract'],
    ['{"userId":"a","1a":1}', '["1a"]: is not a member of the message contract'],
    ['{"userId":"a","a-b":1}', '["a-b"]: is not a member of the message contract'],
    ['{"userId":"a","":1}', '[""]: is not a member of the message contract'],
    ['{"users":[{"userId":"a","first name":1}]}', 'users[0]["first name"]: is not a member of the message contract'],
    ['{"userId":"a","properties":9007199254740993}', 'properties: must be a JSON object, or one written as a string'],
  ])('%.60s', (body, reason) => {
    expect(reasonOf(read(body))).toBe(reason);
  });
});

test('what is rejected out of a packed message is written down as it came, to the digit', () => {
  const reading = read('{"users":[{"userId":"a","properties":{"n":9007199254740993,"bad":[1.50]}},{"userId":"b"}]}');
  expect(reading).toMatchObject({
    packed: true,
    users: [
      { kind: 'invalid', body: '{"userId":"a","properties":{"n":9007199254740993,"bad":[1.50]}}' },
      { kind: 'valid' },
    ],
  });
});

test('what is rejected out of a packed message whose text nobody had to read twice is written down as well', () => {
  expect(read('{"users":[{ "userId" : 7 }, [1.0], "text"]}')).toMatchObject({
    users: [{ body: '{ "userId" : 7 }' }, { body: '[1.0]' }, { body: '"text"' }],
  });
});

describe('by the schema of a dataset', () => {
  const field = (name: string, type: unknown) => ({ name, type });
  const schema = readUsersSchema(
    JSON.stringify({
      type: 'record',
      name: 'Users',
      namespace: 'com.amazonaws.personalize.schema',
      version: '1.0',
      fields: [field('USER_ID', 'string'), field('AGE', ['null', 'int']), field('SEEN_AT', ['null', 'long'])],
    }),
  );
  const readFor = (maxPropertiesLength: number) => createMessageReader({ maxPropertiesLength, dataset: { schema } });

  test('a user that does not fit is rejected with the place, by itself', () => {
    expect(readFor(4096)('{"userId":"a","properties":{"age":"x"}}')).toMatchObject({
      kind: 'invalid',
      reason: { code: 'SchemaMismatch', message: expect.stringMatching(/^properties\.age: /) },
    });
    expect(readFor(4096)('{"users":[{"userId":"b"},{"userId":"a","properties":{"age":"x"}}]}')).toMatchObject({
      users: [
        { kind: 'valid' },
        {
          reason: { code: 'SchemaMismatch', message: expect.stringMatching(/^users\[1\]\.properties\.age: /) },
          body: '{"userId":"a","properties":{"age":"x"}}',
        },
      ],
    });
  });

  test('a number counts as long as it is sent: all of its zeros', () => {
    const body = '{"users":[{"userId":"a","properties":{"seenAt":1e18}}]}';
    expect(readFor(30)(body)).toMatchObject({ users: [{ user: { properties: `{"seenAt":1${'0'.repeat(18)}}` } }] });
    expect(readFor(29)(body)).toMatchObject({
      users: [
        {
          reason: {
            code: 'MessageContractViolation',
            message: 'users[0].properties: must have at most 29 characters when written as JSON',
          },
        },
      ],
    });
  });

  test('a version stays with a user, and is not seen by PutUsers, whether it fits or may not', () => {
    const [clean] = usersOf(readFor(4096)('{"userId":"a","version":7,"properties":{"age":1}}'));
    expect(clean).toEqual({
      kind: 'valid',
      user: { userId: 'a', properties: '{"age":1}' },
      version: expect.objectContaining({ text: '7' }),
    });
    const [plain] = usersOf(readFor(4096)('{"userId":"a","properties":{"age":1}}'));
    expect(plain).toEqual({ kind: 'valid', user: { userId: 'a', properties: '{"age":1}' } });
    const [wrong] = usersOf(readFor(4096)('{"users":[{"userId":"a","version":7,"properties":{"age":"x"}}]}'));
    expect(wrong).toMatchObject({ kind: 'invalid', body: '{"userId":"a","version":7,"properties":{"age":"x"}}' });
  });

  test('an envelope that is known is said to be one, though a number in it is long', () => {
    const event = '{"detail-type":"t","source":"s","detail":{"n":9007199254740993}}';
    expect(reasonOf(readFor(4096)(event))).toMatch(/^the body is an EventBridge event/);
  });
});

test('every reason has the code of a broken contract', () => {
  const code = 'MessageContractViolation';
  expect(read('nonsense')).toMatchObject({ kind: 'invalid', reason: { code } });
  expect(read('{}')).toMatchObject({ kind: 'invalid', reason: { code } });
  expect(read('{"users":[{}]}')).toMatchObject({ users: [{ kind: 'invalid', reason: { code } }] });
});

test('one user alone is told from a packed one', () => {
  expect(read('{"userId":"a"}')).toMatchObject({ packed: false });
  expect(read('{"users":[{"userId":"a"}]}')).toMatchObject({ packed: true });
});

test('a long name is cut in the reason, after 80 characters', () => {
  const reasonWith = (name: string) => reasonOf(read(JSON.stringify({ userId: 'a', [name]: 1 })));
  expect(reasonWith('n'.repeat(80))).toBe(`${'n'.repeat(80)}: is not a member of the message contract`);
  expect(reasonWith('n'.repeat(81))).toBe(`["${'n'.repeat(80)}..."]: is not a member of the message contract`);
});

test('the limit of properties is a setting', () => {
  const short = createMessageReader({ maxPropertiesLength: 10 });
  expect(reasonOf(short('{"userId":"a","properties":{"age":7}}'))).toBeUndefined();
  expect(reasonOf(short('{"userId":"a","properties":{"age":777}}'))).toBe(
    'properties: must have at most 10 characters when written as JSON',
  );
});

const propertyValue = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 50 }),
  fc.double({ noDefaultInfinity: true, noNaN: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.boolean(),
  fc.constant(null),
);
const user = fc.record({
  userId: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
  properties: fc.dictionary(fc.string({ unit: 'grapheme' }), propertyValue, { maxKeys: 8 }),
});

test('a user is the same after it was read, written as a message of its own and read again', () => {
  fc.assert(
    fc.property(user, (original) => {
      const reading = read(JSON.stringify(original));
      if (reading.kind !== 'users' || reading.users[0]?.kind !== 'valid') throw new Error(reasonOf(reading));
      const sent = reading.users[0].user;
      expect(JSON.parse(sent.properties!)).toEqual(JSON.parse(JSON.stringify(original.properties)));
      expect(read(writeUser(sent))).toEqual(reading);
    }),
  );
});

/** Any half of a character, so lone surrogates too. */
const codeUnit = fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code));

test('no body makes the reader throw, and each is either read whole or has a reason', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: codeUnit }),
        fc.json({ maxDepth: 5 }),
        fc.jsonValue().map((v) => JSON.stringify({ users: v })),
      ),
      (body) => {
        const reading = read(body);
        if (reading.kind === 'users') expect(reading.users.length).toBeGreaterThan(0);
        else expect(reading.reason.message).not.toBe('');
      },
    ),
    runs(2000),
  );
});
