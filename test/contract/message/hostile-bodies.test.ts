import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { createMessageReader, type MessageReading } from '../../../contract/message/read-message.ts';
import { checkReading } from '../../support/check-reading.ts';
import { generatedBody } from '../../support/hostile-bodies.ts';
import { runs } from '../../support/property-runs.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });
const MIB = 1_048_576;

function reasonOf(reading: MessageReading): string | undefined {
  if (reading.kind === 'invalid') return reading.reason.message;
  return reading.users.flatMap((user) => (user.kind === 'invalid' ? [user.reason.message] : []))[0];
}

/** Fills the body of a message: SQS takes 1 MiB. */
const fill = (text: string, room = 100) => text.repeat(Math.floor((MIB - room) / text.length));

describe('1 MiB of', () => {
  const open = fill('[');
  const half = fill('[').length / 2;
  const nested = `${'['.repeat(half)}${']'.repeat(half)}`;
  const nestedObjects = `${fill('{"a":', MIB / 5)}1${'}'.repeat(fill('{"a":', MIB / 5).length / 5)}`;

  test.each<[string, string, string]>([
    ['opening brackets', open, 'the body is not JSON: '],
    ['opening braces with names', fill('{"a":'), 'the body is not JSON: '],
    ['quotes', fill('"'), 'the body is not JSON: '],
    ['backslashes', fill('\\'), 'the body is not JSON: '],
    ['white space', fill(' '), 'the body is not JSON: '],
    ['NULs', fill('\0'), 'the body is not JSON: '],
    ['lone surrogates', fill('\ud800'), 'the body is not JSON: '],
    ['digits', fill('9'), 'the body must be a JSON object'],
    ['nested arrays as a body', nested, 'the body must be a JSON object'],
    ['nested arrays as a member', `{"${'n'}":${nested}}`, 'userId: is required'],
    ['nested arrays as a userId', `{"userId":${nested}}`, 'userId: must be a string'],
    ['nested arrays as properties', `{"userId":"a","properties":${nested}}`, 'properties: must be a JSON object'],
    ['nested arrays as a property', `{"userId":"a","properties":{"age":${nested}}}`, 'properties.age: arrays are not'],
    [
      'nested objects as a property',
      `{"userId":"a","properties":{"age":${nestedObjects}}}`,
      'properties.age: nested obj',
    ],
    ['nested arrays as users', `{"users":${nested}}`, 'users[0]: must be a JSON object'],
    ['nested objects as a user', `{"users":[${nestedObjects}]}`, 'users[0].userId: is required'],
    [
      'nested arrays in a text',
      JSON.stringify({ userId: 'a', properties: nested }),
      'properties: is a string that does',
    ],
    [
      'nested objects in a text',
      `{"userId":"a","properties":${JSON.stringify(`{"age":${nestedObjects.slice(0, 5 * 1000)}1${'}'.repeat(1000)}}`)}}`,
      'properties.age: nested objects',
    ],
    ['a userId', JSON.stringify({ userId: fill('x') }), 'userId: must have at most 256 characters'],
    ['escaped lone surrogates', `{"userId":"${fill('\\udfff')}"}`, 'userId: must have at most 256 characters'],
    ['a member name', `{"userId":"a","${fill('n')}":1}`, `["${'n'.repeat(80)}..."]: is not a member`],
    [
      'a property name',
      `{"userId":"a","properties":{"${fill('n')}":[]}}`,
      `properties["${'n'.repeat(80)}..."]: arrays`,
    ],
    ['backslashes in a property name', `{"userId":"a","properties":{"${fill('\\\\')}":[]}}`, 'properties["\\\\'],
    ['a number', `{"userId":"a","properties":{"n":${fill('9')}}}`, 'properties.n: is a number too large'],
    ['properties', `{"userId":"a","properties":{${properties(50_000)}}}`, 'properties: must have at most 4096'],
    ['members', `{${properties(50_000)}}`, 'userId: is required'],
    ['one name', `{"userId":"a","properties":{${fill('"a":1,')}"a":1}}`, 'properties.a: is given twice'],
    ['one member', `{${fill('"userId":"a",')}"userId":"a"}`, 'userId: is given twice'],
  ])('%s is read at once, and rejected with a reason', (_, body, reason) => {
    expect(reasonOf(read(body))?.startsWith(reason) || reasonOf(read(body))).toBe(true);
  });

  function properties(howMany: number): string {
    return Array.from({ length: howMany }, (_, index) => `"p${index}":${index}`).join(',');
  }
});

test("1 MiB of a name that the dataset's schema lacks is read at once", () => {
  const schema = readUsersSchema(
    '{"type":"record","name":"Users","fields":[{"name":"USER_ID","type":"string"},{"name":"AGE","type":"int"}]}',
  );
  const readFor = createMessageReader({ maxPropertiesLength: MIB, dataset: { schema } });
  expect(reasonOf(readFor(`{"userId":"a","properties":{"${fill('n')}":1}}`))).toMatch(/is not in the dataset's schema/);
});

describe('10,000 users in one body', () => {
  const pack = (user: (index: number) => string) =>
    `{"users":[${Array.from({ length: 10_000 }, (_, n) => user(n)).join(',')}]}`;

  test('are read, each of them', () => {
    const reading = read(pack((n) => `{"userId":"u${n}","properties":{"age":${n}}}`));
    expect(reading.kind === 'users' && reading.users.filter(({ kind }) => kind === 'valid').length).toBe(10_000);
  });

  test.each<[string, (n: number) => string, string]>([
    [
      'bad',
      (n) => `{"userId":"u${n}","properties":{"age":[${n}]}}`,
      'users[9999].properties.age: arrays are not allowed',
    ],
    ['with a member twice', (n) => `{"userId":"u${n}","userId":"v"}`, 'users[9999].userId: is given twice'],
    ['of nothing', () => '{}', 'users[9999].userId: is required'],
    ['that are none', () => '[[]]', 'users[9999]: must be a JSON object'],
  ])('%s are rejected one by one, each with its own text', (_, user, reason) => {
    const reading = read(pack(user));
    if (reading.kind === 'invalid') throw new Error(reading.reason.message);
    expect(reading.users.map((each) => each.kind === 'invalid' && each.body)).toEqual(
      Array.from({ length: 10_000 }, (_, n) => user(n)),
    );
    const last = reading.users.at(-1)!;
    expect(last.kind === 'invalid' && last.reason.message.slice(0, reason.length)).toBe(reason);
  });
});

describe('characters are counted, not bytes and not UTF-16 units', () => {
  test.each(['x', 'é', '語', '😀', '\0', '\u2028'])(
    'a userId of 256 %j is taken, and one of 257 is not',
    (character) => {
      const body = (length: number) => JSON.stringify({ userId: character.repeat(length) });
      expect(reasonOf(read(body(256)))).toBeUndefined();
      expect(reasonOf(read(body(257)))).toBe('userId: must have at most 256 characters');
    },
  );

  test.each(['x', '😀'])(
    'properties of 4096 characters (%s) are taken, as an object and as a text, and of 4097 are not',
    (fillWith) => {
      const whole = (length: number) => {
        const values = {
          a: fillWith.repeat(1000),
          b: fillWith.repeat(1000),
          c: fillWith.repeat(1000),
          d: fillWith.repeat(1000),
          e: '',
        };
        const rest = length - [...JSON.stringify(values)].length;
        return { ...values, e: fillWith.repeat(rest) };
      };
      for (const as of [(value: object) => value, (value: object) => JSON.stringify(value)]) {
        expect(reasonOf(read(JSON.stringify({ userId: 'a', properties: as(whole(4096)) })))).toBeUndefined();
        expect(reasonOf(read(JSON.stringify({ userId: 'a', properties: as(whole(4097)) })))).toBe(
          'properties: must have at most 4096 characters when written as JSON',
        );
      }
    },
  );
});

test.each(['NaN', 'Infinity', '-Infinity', 'undefined', '+1', '.5', '01', '0x10', '1n', '1_000', "'x'"])(
  'a value that JSON does not have (%s) is not guessed',
  (value) => {
    expect(reasonOf(read(`{"userId":"a","properties":{"n":${value}}}`))).toMatch(/^the body is not JSON: /);
    expect(reasonOf(read(JSON.stringify({ userId: 'a', properties: `{"n":${value}}` })))).toBe(
      'properties: is a string that is not JSON',
    );
  },
);

test('of any body, damaged in any way, all that it says is read, or it is rejected with a reason that says where', () => {
  const counts = { valid: 0, rejected: 0 };
  fc.assert(
    fc.property(generatedBody(), ({ body, intact }) => {
      const reading = read(body);
      checkReading(body, reading);
      if (intact) expect(reasonOf(reading)).toBeUndefined();
      counts[reasonOf(reading) === undefined ? 'valid' : 'rejected']++;
    }),
    runs(20_000),
  );
  expect(counts.valid).toBeGreaterThan(100);
  expect(counts.rejected).toBeGreaterThan(100);
});
