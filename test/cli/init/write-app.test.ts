import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { appFiles } from '../../../cli/init/app-files.ts';
import { appName, mustBeEmpty, writeApp } from '../../../cli/init/write-app.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'personalize-users-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('a folder is empty', () => {
  test('with nothing in it, or what git and file managers leave', async () => {
    await mustBeEmpty(folder);
    mkdirSync(join(folder, '.git'));
    writeFileSync(join(folder, '.DS_Store'), '');
    await mustBeEmpty(folder);
  });

  test.each(['notes.txt', '.env', 'node_modules'])('not with %s', async (name) => {
    writeFileSync(join(folder, name), '');
    await expect(mustBeEmpty(folder)).rejects.toThrow(`${folder} is not empty: it has ${name}.`);
  });
});

test('a file that has come to be there meanwhile stays as it is', async () => {
  writeFileSync(join(folder, 'app.ts'), 'mine');
  await expect(writeApp(folder, { 'cdk.json': '{}', 'app.ts': 'ours' })).rejects.toThrow('app.ts cannot be written');
  expect(readFileSync(join(folder, 'app.ts'), 'utf8')).toBe('mine');
  expect(readdirSync(folder).sort()).toEqual(['app.ts', 'cdk.json']);
});

test.each([
  ['/home/me/users-pipeline', 'users-pipeline'],
  ['/home/me/My Users (new)', 'my-users-new'],
  ['/home/me/personalize-users', 'users-pipeline'],
  ['/home/me/用户', 'users-pipeline'],
  ['/', 'users-pipeline'],
])('an app in %s is called %s', (path, name) => {
  expect(appName(path)).toBe(name);
});

test('the app has its own version of the package, no newer one, and a README of ten lines', () => {
  const versions = { ours: '1.2.3', cdk: '2.275.0', cdkCli: '2.1148.1', constructs: '10.8.1' };
  const files = appFiles({ name: 'shop', datasetArn: 'arn:aws:x', schema: '{}', versions });
  expect(JSON.parse(files['package.json']!).dependencies).toEqual({
    'aws-cdk-lib': '^2.275.0',
    constructs: '^10.8.1',
    'personalize-users': '1.2.3',
  });
  expect(files['app.ts']).toContain("datasetArn: 'arn:aws:x'");
  expect(files['README.md']!.trimEnd().split('\n').length).toBeLessThanOrEqual(10);
});
