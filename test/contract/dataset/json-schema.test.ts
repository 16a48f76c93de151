import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { propertiesJsonSchema } from '../../../contract/dataset/json-schema.ts';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { publishedSchema } from '../../../contract/message/published-schema.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { runs } from '../../support/property-runs.ts';

const schema = readUsersSchema(readFileSync('samples/users-schema.avsc'));
const read = createMessageReader({ maxPropertiesLength: 24_000, dataset: { schema } });
const accepts = new Ajv2020({ strict: false }).compile(publishedSchema(schema));

/** The required ones are there, so that what a test changes is all that is amiss. */
const FITS = { membershipType: 'Gold', country: 'DE', numberOfVideosWatched: 45, subscribed: true };

function isClean(properties: object): boolean {
  const reading = read(JSON.stringify({ userId: 'u', properties }));
  return reading.kind === 'users' && reading.users.every((user) => user.kind === 'valid' && !user.misfits);
}

const value = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
  fc.integer().map(String),
  fc.constantFrom('', '31.0', ' 31', '1,000', 'x', 'x'.repeat(1001), 31.5, 2 ** 31, 2 ** 53, '1e400', 'true'),
);
const name = fc.constantFrom(
  ...schema.fields.flatMap(({ name, property }) => [name, property]),
  'Age',
  'userId',
  'toString',
  'nickname',
);

describe("the JSON Schema of a dataset's messages", () => {
  test('takes what the judge calls clean, and but for what it says it cannot, nothing else', () => {
    const counts = { clean: 0, other: 0 };
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 3, noNullPrototype: true }), (some) => {
        const properties = { ...FITS, ...some };
        const isTwice = schema.fields.some(({ name, property }) => Object.hasOwn(some, name) && property in properties);
        if (isTwice || Object.values(some).some(isNumberBeyondRange)) return;
        const clean = isClean(properties);
        counts[clean ? 'clean' : 'other']++;
        expect(accepts({ userId: 'u', properties })).toBe(clean);
        expect(accepts({ users: [{ userId: 'u', properties }] })).toBe(clean);
      }),
      runs(3000),
    );
    expect(Math.min(counts.clean, counts.other)).toBeGreaterThan(10);
  });

  test('takes of numbers just what the judge does', () => {
    const numbers = readUsersSchema(
      JSON.stringify({
        type: 'record',
        name: 'Users',
        fields: [
          { name: 'USER_ID', type: 'string' },
          ...['int', 'long', 'float', 'double'].map((type) => ({ name: type, type: [type, 'null'] })),
        ],
      }),
    );
    const readNumbers = createMessageReader({ maxPropertiesLength: 1000, dataset: { schema: numbers } });
    const acceptsNumbers = new Ajv2020({ strict: false }).compile(publishedSchema(numbers));
    const ends = [2 ** 31, 3.4028234663852886e38, 3.4028235e38, 3.4028235677973362e38, 2 ** 128 - 2 ** 103];
    const values = [0, '0', '-0', '7', '-7', ...ends.flatMap((end) => [end, -end])];
    for (const { property } of numbers.fields) {
      for (const value of values) {
        const user = { userId: 'u', properties: { [property]: value } };
        const reading = readNumbers(JSON.stringify(user));
        const clean = reading.kind === 'users' && reading.users.every((one) => one.kind === 'valid' && !one.misfits);
        expect([property, value, acceptsNumbers(user)]).toEqual([property, value, clean]);
      }
    }
  });

  test('says no more than is needed: one choice where there is one, a length where there are categories', () => {
    const field = (name: string, type: unknown, more: object = {}) => ({ name, type, ...more });
    const small = readUsersSchema(
      JSON.stringify({
        type: 'record',
        name: 'Users',
        fields: [
          field('USER_ID', 'string'),
          field('plan', 'string', { categorical: true }),
          field('CITY', ['null', 'string']),
        ],
      }),
    );
    expect(propertiesJsonSchema(small)).toEqual({
      type: 'object',
      properties: {
        plan: { type: 'string', maxLength: 1000 },
        city: { anyOf: [{ type: 'null' }, { type: 'string' }] },
        CITY: { anyOf: [{ type: 'null' }, { type: 'string' }] },
      },
      additionalProperties: false,
      allOf: [{ required: ['plan'] }],
    });
  });

  test('asks for what takes no null, by either name', () => {
    const { country, ...others } = FITS;
    expect(accepts({ userId: 'u', properties: others })).toBe(false);
    expect(accepts({ userId: 'u', properties: { ...others, COUNTRY: country } })).toBe(true);
  });
});

function isNumberBeyondRange(value: unknown): boolean {
  return value === '1e400';
}
