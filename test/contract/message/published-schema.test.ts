import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { PUBLISHED_LIMITS, publishedSchema } from '../../../contract/message/published-schema.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { runs } from '../../support/property-runs.ts';

const accepts = new Ajv2020({ strict: false }).compile(publishedSchema());
const read = createMessageReader(PUBLISHED_LIMITS);

function isClean(body: string): boolean {
  const reading = read(body);
  return reading.kind === 'users' && reading.users.every(({ kind }) => kind === 'valid');
}

test('the committed file is what the code says', () => {
  const committed = readFileSync(new URL('../../../docs/message.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(committed)).toEqual(publishedSchema());
});

const scalar = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const value = fc.oneof(
  { weight: 9, arbitrary: scalar },
  { weight: 1, arbitrary: fc.constantFrom({}, [], 'x'.repeat(1001), 'x'.repeat(7000)) },
);
const user = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record(
      {
        userId: fc.oneof(
          { weight: 8, arbitrary: fc.string({ minLength: 1 }) },
          { weight: 1, arbitrary: fc.constantFrom('', 7, null, 'x'.repeat(257), '😀'.repeat(256)) },
        ),
        properties: fc.oneof(
          { weight: 6, arbitrary: fc.dictionary(fc.string(), value, { maxKeys: 3 }) },
          { weight: 1, arbitrary: fc.constantFrom('{"a":1}', '', null, [], 7) },
        ),
      },
      { requiredKeys: ['userId', 'properties'], noNullPrototype: true },
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
);
const withExtra = user.map((one) => ({ ...(one as object), extra: 1 }));
const body = fc.oneof(
  { weight: 4, arbitrary: user },
  { weight: 1, arbitrary: withExtra },
  { weight: 4, arbitrary: fc.record({ users: fc.array(user, { maxLength: 3 }) }) },
);

test('the schema and the code judge any message alike', () => {
  const counts = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(body, (message) => {
      const accepted = accepts(message);
      if (!mentionsPropertiesText(message)) expect(isClean(JSON.stringify(message))).toBe(accepted);
      counts[accepted ? 'accepted' : 'refused']++;
    }),
    runs(3000),
  );
  expect(Math.min(counts.accepted, counts.refused)).toBeGreaterThan(10);
});

/** Of a string that should hold JSON, the schema says only how long it may be. */
function mentionsPropertiesText(message: unknown): boolean {
  return /"properties":"/.test(JSON.stringify(message));
}

test('it says what it is, and what a schema cannot say', () => {
  const schema = publishedSchema();
  expect(schema).toMatchObject({
    title: expect.stringContaining('version 3'),
    description: expect.stringMatching(/well-formed Unicode.*no other user\.$/),
  });
  expect(publishedSchema(DATASET).description).toMatch(/no other user\. A number in a text is within/);
});

const DATASET = readUsersSchema(readFileSync('test/fixtures/schemas/plain-schema.avsc'));

test('with the schema of a dataset it has the properties of its users, and the same object as a text', () => {
  const takes = new Ajv2020({ strict: false }).compile(publishedSchema(DATASET));
  const user = (properties: unknown) => ({ userId: 'a', properties });
  for (const one of [user({ age: 31 }), user('{"age":31}'), { userId: 'a' }]) {
    expect([takes(one), takes({ users: [one] })]).toEqual([true, true]);
  }
  for (const one of [user({ age: 'x' }), user({ nobodyKnows: 1 }), user(''), user(null), { properties: {} }]) {
    expect([takes(one), takes({ users: [one] })]).toEqual([false, false]);
  }
});
