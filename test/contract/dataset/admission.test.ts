import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { SchemaCheck } from '../../../contract/dataset/admission.ts';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';

const fixture = (name: string) => readFileSync(`test/fixtures/schemas/${name}`);

function reader(schema: string, check?: SchemaCheck) {
  return createMessageReader({
    maxPropertiesLength: 4096,
    dataset: { schema: readUsersSchema(fixture(schema)), ...(check && { check }) },
  });
}

/** What becomes of the one user of a body: the properties that are sent, the kinds of misfit, or the reason. */
function outcome(body: string, check?: SchemaCheck, schema = 'plain-schema.avsc') {
  const reading = reader(schema, check)(body);
  if (reading.kind === 'invalid') return `${reading.reason.code}: ${reading.reason.message}`;
  const [user] = reading.users;
  if (user?.kind !== 'valid') return `${user?.reason.code}: ${user?.reason.message}`;
  return user.misfits ? user.misfits.map(({ kind }) => kind) : user.user.properties;
}

const withAge = (age: string) => `{"userId":"u1","properties":{"age":${age}}}`;

describe('a user of a message is held to the schema', () => {
  test('whichever way its properties are written', () => {
    for (const age of ['31', '31.0', '3.1e1', '310e-1']) {
      expect(outcome(withAge(age))).toBe('{"age":31}');
      expect(outcome(`{"userId":"u1","properties":${JSON.stringify(`{"age":${age}}`)}}`)).toBe('{"age":31}');
      expect(outcome(`{"users":[{"userId":"u1","properties":{"age":${age}}}]}`)).toBe('{"age":31}');
    }
  });

  test('to the digit, where a double would round', () => {
    const at = (value: string) => `{"userId":"u1","properties":{"lastVisitAt":${value}}}`;
    for (const value of ['9223372036854775807', '-9223372036854775808', '9007199254740993']) {
      expect(outcome(at(value))).toBe(`{"lastVisitAt":${value}}`);
      expect(outcome(`{"userId":"u1","properties":${JSON.stringify(`{"lastVisitAt":${value}}`)}}`)).toBe(
        `{"lastVisitAt":${value}}`,
      );
    }
    expect(outcome(at('9223372036854775808'))).toMatch(/^SchemaMismatch: properties.lastVisitAt: .*out of range/);
    for (const fraction of ['9007199254740993.5', '9007199254740991.4', '3.0000000000000000001']) {
      expect(outcome(at(fraction))).toMatch(/^SchemaMismatch: properties.lastVisitAt: .* has a fraction/);
      expect(outcome(`{"userId":"u1","properties":${JSON.stringify(`{"lastVisitAt":${fraction}}`)}}`)).toMatch(
        /has a fraction/,
      );
    }
  });

  test('and may name a field as the schema does', () => {
    expect(outcome('{"userId":"u1","properties":{"GENDER":"F"}}')).toBe('{"gender":"F"}');
    expect(outcome(fixture('camel.jsonl').toString(), undefined, 'camel-schema.avsc')).toBe('{"memberClass":"Gold"}');
  });

  test('of a packed message each by itself', () => {
    const users = ['{"userId":"a","properties":{"age":"x"}}', '{"userId":"b","properties":{"age":1}}'];
    const reading = reader('plain-schema.avsc')(`{"users":[${users.join(',')}]}`);
    expect(reading).toMatchObject({
      kind: 'users',
      users: [
        {
          kind: 'invalid',
          body: users[0],
          reason: { code: 'SchemaMismatch', message: expect.stringMatching(/^users\[0\]\.properties\.age: "x" is no/) },
        },
        { kind: 'valid', user: { userId: 'b' } },
      ],
    });
  });

  test('after the contract, whose reasons come first', () => {
    expect(outcome('{"userId":"u1","properties":{"age":[1]}}')).toMatch(
      /^MessageContractViolation: properties.age: arrays/,
    );
    expect(outcome('{"userId":"u1","properties":"nonsense"}')).toMatch(/^MessageContractViolation/);
  });
});

test('properties that only grow too long as they are sent are rejected as too long', () => {
  const schema = readUsersSchema(fixture('plain-schema.avsc'));
  const read = createMessageReader({ maxPropertiesLength: 34, dataset: { schema } });
  const withVisit = (at: string) => read(`{"userId":"u1","properties":{"lastVisitAt":${at}}}`);
  expect(withVisit('1e17')).toMatchObject({ users: [{ user: { properties: '{"lastVisitAt":100000000000000000}' } }] });
  for (const properties of ['{"lastVisitAt":1e18}', JSON.stringify('{"lastVisitAt":1e18}')]) {
    for (const user of [`{"userId":"u1","properties":${properties}}`]) {
      expect(read(user)).toMatchObject({
        reason: {
          code: 'MessageContractViolation',
          message: 'properties: must have at most 34 characters when written as JSON',
        },
      });
      expect(read(`{"users":[${user}]}`)).toMatchObject({
        users: [
          {
            kind: 'invalid',
            body: user,
            reason: { message: expect.stringMatching(/^users\[0\]\.properties: must have/) },
          },
        ],
      });
    }
  }
});

describe('what is done with a misfit', () => {
  const certain = withAge('"many"');
  const uncertain = withAge('"031"');
  const none = '{"age":"many"}';

  test.each<[SchemaCheck | undefined, unknown, unknown]>([
    [undefined, expect.stringMatching(/^SchemaMismatch/), ['otherNumberText']],
    ['certain', expect.stringMatching(/^SchemaMismatch/), ['otherNumberText']],
    ['all', expect.stringMatching(/^SchemaMismatch/), expect.stringMatching(/^SchemaMismatch/)],
    ['separate', ['notANumber'], ['otherNumberText']],
    ['off', none, '{"age":"031"}'],
  ])('with the check %s', (check, ofCertain, ofUncertain) => {
    expect(outcome(certain, check)).toEqual(ofCertain);
    expect(outcome(uncertain, check)).toEqual(ofUncertain);
  });

  test('a suspect is sent as it was written, but for what is clear', () => {
    const reading = reader('plain-schema.avsc')('{"userId":"u1","properties":{"AGE":31.0,"gender":7}}');
    expect(reading).toMatchObject({ users: [{ user: { properties: '{"age":31,"gender":7}' } }] });
  });
});
