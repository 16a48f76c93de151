import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { FIELD_TYPES } from '../../../contract/dataset/users-schema.ts';
import { writeUsersSchema } from '../../../contract/dataset/write-users-schema.ts';

test('what is written says the same, and nothing else', () => {
  expect(writeUsersSchema(readUsersSchema(readFileSync('test/fixtures/schemas/described-schema.json')))).toBe(
    writeUsersSchema(readUsersSchema(readFileSync('test/fixtures/schemas/plain-schema.avsc'))),
  );
  const { doc, namespace, ...schema } = {
    type: 'record',
    name: 'Shop',
    namespace: 'com.example',
    doc: 'Our users',
    fields: [
      { name: 'AGE', type: ['int', 'null'], default: null },
      { name: 'CITY', type: ['string'], categorical: true, doc: 'Where' },
      { name: 'USER_ID', type: 'string', categorical: false },
    ],
    version: '1.0',
  };
  const written =
    '{"type":"record","name":"Users","fields":[{"name":"USER_ID","type":"string"},' +
    '{"name":"AGE","type":["int","null"]},{"name":"CITY","type":"string","categorical":true}]}';
  expect(writeUsersSchema(readUsersSchema(JSON.stringify(schema)))).toBe(written);
  expect(writeUsersSchema(readUsersSchema(JSON.stringify({ doc, namespace, ...schema }, null, '\t')))).toBe(written);
});

test('every schema is read from what is written of it', () => {
  const field = fc.record({
    name: fc.stringMatching(/^[A-Z][A-Z0-9_]{0,20}$/),
    type: fc.oneof(fc.constantFrom(...FIELD_TYPES), fc.uniqueArray(fc.constantFrom(...FIELD_TYPES), { minLength: 1 })),
    categorical: fc.constantFrom(undefined, false, true),
  });
  fc.assert(
    fc.property(fc.array(field, { minLength: 1, maxLength: 25 }), (fields) => {
      const text = JSON.stringify({ type: 'record', fields: [{ name: 'USER_ID', type: 'string' }, ...fields] });
      let schema: ReturnType<typeof readUsersSchema>;
      try {
        schema = readUsersSchema(text);
      } catch {
        return fc.pre(false);
      }
      expect(readUsersSchema(writeUsersSchema(schema))).toEqual(schema);
    }),
  );
});
