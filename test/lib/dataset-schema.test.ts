/** How the stack is told of the dataset's schema, and what it does about it. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Lazy } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { SCHEMA_CHECKS } from '../../contract/dataset/admission.ts';
import { readUsersSchema } from '../../contract/dataset/read-users-schema.ts';
import { readSettings as readOutput } from '../../contract/deployment/settings-output.ts';
import { SettingError } from '../../lib/setting.ts';
import { readSettings } from '../../lib/settings.ts';
import type { UserIngestionProps } from '../../lib/user-ingestion.ts';
import { createIngestion, createStack, DATASET_ARN, resource, stackTemplate } from './support.ts';

const SAMPLE = 'samples/users-schema.avsc';
const TEXT = readFileSync(SAMPLE, 'utf8');
const SCHEMA = readUsersSchema(TEXT);

const directory = mkdtempSync(join(tmpdir(), 'personalize-users-schema-'));
afterAll(() => rmSync(directory, { recursive: true }));

/** A file with a content, and its path. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const variablesOf = (template: Template) =>
  (resource(template, 'AWS::Lambda::Function').Properties.Environment as { Variables: object }).Variables;
const settingsOf = (template: Template) => readOutput(template.findOutputs('Settings').Settings!.Value);

describe('a schema', () => {
  test.each<[string, UserIngestionProps['datasetSchema'] | undefined, string | undefined]>([
    ['the path of a file', undefined, join(process.cwd(), SAMPLE)],
    ['a path from the working directory on', undefined, relative('', SAMPLE)],
    ['its text', TEXT, undefined],
    ['the object that the text stands for', JSON.parse(TEXT), undefined],
  ])('is given as %s', (_, datasetSchema, schemaFile) => {
    const props = { ...(datasetSchema && { datasetSchema }), ...(schemaFile && { schemaFile }) };
    expect(createStack(props).ingestion.dataset).toEqual({ schema: SCHEMA, check: 'certain' });
    expect(createIngestion(props).dataset).toEqual({ schema: SCHEMA, check: 'certain' });
  });

  test('is given as people have it in files', () => {
    const described = 'test/fixtures/schemas/described-schema.json';
    expect(createIngestion({ schemaFile: described }).dataset?.schema).toEqual(
      readUsersSchema(readFileSync('test/fixtures/schemas/plain-schema.avsc')),
    );
  });

  test('is told to the function and to the command line', () => {
    const template = stackTemplate({ schemaFile: SAMPLE, schemaCheck: 'separate' });
    expect(variablesOf(template)).toMatchObject({ USERS_SCHEMA_FILE: 'users-schema.json', SCHEMA_CHECK: 'separate' });
    expect(settingsOf(template)).toMatchObject({ schemaCheck: 'separate', datasetSchema: SCHEMA, usersPerMessage: 1 });
  });

  test('is nothing that the function needs permissions for', () => {
    const policies = (props: object) => stackTemplate(props).findResources('AWS::IAM::Policy');
    expect(policies({ schemaFile: SAMPLE })).toEqual(policies({}));
  });

  test.each(SCHEMA_CHECKS)('is checked by %s', (schemaCheck) => {
    expect(createIngestion({ schemaFile: SAMPLE, schemaCheck }).dataset?.check).toBe(schemaCheck);
  });

  test('may be left out, and then the template has nothing of one', () => {
    const template = stackTemplate();
    expect(JSON.stringify(template.toJSON())).not.toMatch(/schema/i);
    expect(stackTemplate({ schemaCheck: 'off' }).toJSON()).toEqual(template.toJSON());
  });
});

describe('a schema that is none', () => {
  const interactions = 'test/fixtures/schemas/interactions-schema.avsc';
  mkdirSync(join(directory, 'a directory'));

  test.each<[string, Partial<UserIngestionProps>, setting: string, sentence: string]>([
    [
      'a file that is not there',
      { schemaFile: 'no-such.avsc' },
      'schemaFile',
      `schemaFile takes the path of a file, but there is no "${join(process.cwd(), 'no-such.avsc')}".`,
    ],
    [
      'a path through a file',
      { schemaFile: `${SAMPLE}/x` },
      'schemaFile',
      `schemaFile takes the path of a file, but there is no "${join(process.cwd(), SAMPLE, 'x')}".`,
    ],
    [
      'a directory',
      { schemaFile: join(directory, 'a directory') },
      'schemaFile',
      `schemaFile takes the path of a file, but "${join(directory, 'a directory')}" is a directory.`,
    ],
    ['a path with a NUL', { schemaFile: 'a\0b' }, 'schemaFile', 'schemaFile takes the path of a file, but "'],
    [
      'no path',
      { schemaFile: '' },
      'schemaFile',
      'schemaFile takes the path of a file with the Users dataset\'s schema, but got "".',
    ],
    [
      "another dataset's schema",
      { schemaFile: interactions },
      'schemaFile',
      `schemaFile names "${join(process.cwd(), interactions)}", which is no schema of a Users dataset: it is the schema of Item interactions, by its USER_ID, ITEM_ID, TIMESTAMP: give that of the Users dataset of the same dataset group.`,
    ],
    [
      'a file in UTF-16',
      { schemaFile: 'test/fixtures/schemas/utf16-schema.avsc' },
      'schemaFile',
      `schemaFile names "${join(process.cwd(), 'test/fixtures/schemas/utf16-schema.avsc')}", which is no schema of a Users dataset: the schema is in UTF-16: save it as UTF-8.`,
    ],
    [
      'a file of several lines that are no JSON',
      { schemaFile: file('lines.csv', 'USER_ID,AGE\n1,2\n') },
      'schemaFile',
      `schemaFile names "${join(directory, 'lines.csv')}", which is no schema of a Users dataset: the schema is not JSON: `,
    ],
    [
      'a type that a Users dataset does not take',
      { datasetSchema: { type: 'record', fields: [{ name: 'AGE', type: 'bytes' }] } },
      'datasetSchema',
      'datasetSchema is no schema of a Users dataset: field AGE has the type "bytes"; it takes null, boolean, int,',
    ],
    [
      'a path where the schema itself is to be',
      { datasetSchema: SAMPLE },
      'datasetSchema',
      'datasetSchema is no schema of a Users dataset: the schema is not JSON: ',
    ],
    [
      'a schema that is only known when it is deployed',
      { datasetSchema: Lazy.string({ produce: () => TEXT }) },
      'datasetSchema',
      'datasetSchema takes a schema that is known when the stack is synthesized, but got a token.',
    ],
    [
      'two schemas',
      { schemaFile: SAMPLE, datasetSchema: TEXT },
      'schemaFile',
      'schemaFile and datasetSchema are both given: leave out one of them.',
    ],
    [
      'a check that is none',
      { schemaFile: SAMPLE, schemaCheck: 'strict' as 'all' },
      'schemaCheck',
      'schemaCheck takes one of certain, all, separate, off, but got "strict".',
    ],
    ...SCHEMA_CHECKS.filter((check) => check !== 'off').map(
      (schemaCheck) =>
        [
          `no schema to check by, with ${schemaCheck}`,
          { schemaCheck },
          'schemaCheck',
          `schemaCheck is ${schemaCheck} and there is no schema to check users by: give schemaFile, or leave out schemaCheck.`,
        ] as [string, Partial<UserIngestionProps>, string, string],
    ),
  ])('%s is refused with one sentence', (_, props, setting, sentence) => {
    for (const create of [createStack, createIngestion]) {
      let refusal: unknown;
      try {
        create(props);
      } catch (error) {
        refusal = error;
      }
      expect(refusal).toBeInstanceOf(SettingError);
      const { message, setting: named } = refusal as SettingError;
      expect(named).toBe(setting);
      expect(message.slice(0, sentence.length)).toBe(sentence);
      expect(message).toMatch(/^[^\n]*\.$/);
    }
  });

  test.each(['datasetSchema', 'schema', 'schemafile', 'schemaPfile', 'schemaChecks'])(
    '%s in the context is not passed over',
    (name) => {
      const meant = /check/i.test(name) ? 'schemaCheck' : 'schemaFile';
      expect(() => readSettings({ datasetArn: DATASET_ARN, [name]: SAMPLE })).toThrow(
        `${name} is not a setting; did you mean ${meant}, which takes `,
      );
    },
  );
});
