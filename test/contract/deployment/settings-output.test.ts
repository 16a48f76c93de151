import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { readUsersSchema } from '../../../contract/dataset/read-users-schema.ts';
import { readSettings, writeSettings } from '../../../contract/deployment/settings-output.ts';

const OLDER = {
  requestsPerSecond: 10,
  usersPerMessage: 1,
  maxReceiveCount: 10,
  maxPropertiesLength: 24_000,
  visibilityTimeoutInSeconds: 241,
};
const SCHEMA = readUsersSchema(readFileSync('samples/users-schema.avsc'));
const KNOWING = { ...OLDER, schemaCheck: 'certain', datasetSchema: SCHEMA } as const;

test('settings are read as they were written, with a schema and without', () => {
  expect(readSettings(writeSettings(OLDER))).toEqual(OLDER);
  expect(readSettings(writeSettings(KNOWING))).toEqual(KNOWING);
});

test('what deployments wrote that knew no schema is read', () => {
  expect(readSettings(JSON.stringify(OLDER))).toEqual(OLDER);
});

test.each<[string, object]>([
  ['a check', { ...KNOWING, schemaCheck: 'strict' }],
  ['a schema', { ...OLDER, schemaCheck: 'all', datasetSchema: { type: 'map' } }],
  ['a member that is not there', { ...KNOWING, maxReceiveCount: undefined }],
])('what another version may write is not guessed at: %s', (_, settings) => {
  expect(readSettings(JSON.stringify(settings))).toBeUndefined();
});

/** The widest fields that there are. */
function schemaOf(fields: number, nameLength: number) {
  const name = (index: number) => `F${index}`.padEnd(nameLength, 'X');
  return readUsersSchema(
    JSON.stringify({
      type: 'record',
      fields: [
        { name: 'USER_ID', type: 'string' },
        ...Array.from({ length: fields }, (_, index) => ({
          name: name(index),
          type: ['null', 'string'],
          categorical: true,
        })),
      ],
    }),
  );
}

test('a schema of all the fields that there may be fits', () => {
  const settings = { ...KNOWING, datasetSchema: schemaOf(25, 90) };
  expect(readSettings(writeSettings(settings))).toEqual(settings);
});

test('a schema that is too long for an output is left out, and nothing else', () => {
  const { datasetSchema, ...others } = KNOWING;
  expect(datasetSchema).toBeDefined();
  expect(readSettings(writeSettings({ ...others, datasetSchema: schemaOf(25, 120) }))).toEqual(others);
});
