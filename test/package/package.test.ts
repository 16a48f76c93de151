/** What is in the package, and what its manifest promises of it. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type Folder, makeFolder, PACKAGE } from './folder.ts';
import { ownProgram, PROJECT, TARBALL } from './tarball.ts';

jest.setTimeout(600_000);

/** In a folder with nothing else: what a producer has. */
let folder: Folder;
let installed: string;
/** What npm would publish. */
let paths: readonly string[];
let unpackedSize: number;
beforeAll(async () => {
  folder = makeFolder();
  folder.write('package.json', '{}');
  await folder.install(PACKAGE);
  installed = join(folder.path, 'node_modules/personalize-users');
  const { stdout } = spawnSync('npm', ['pack', '--dry-run', '--json', installed], { encoding: 'utf8' });
  const [packed] = JSON.parse(stdout);
  paths = packed.files.map(({ path }: { path: string }) => path);
  unpackedSize = packed.unpackedSize;
});
afterAll(() => folder.remove());

describe('the tarball', () => {
  test('holds these files and no others', () => {
    const code = paths.filter((path) => !path.startsWith('docs/'));
    const kinds = code.map((path) => path.replace(/^cli\/chunk-[\dA-Z]{8}\.mjs$/, 'cli/chunk-HASH.mjs'));
    expect([...new Set(kinds)].sort()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD-PARTY-NOTICES',
      'cli/chunk-HASH.mjs',
      'cli/main.mjs',
      'function-with-order-guard/index.mjs',
      'function-with-order-guard/index.mjs.map',
      'function/index.mjs',
      'function/index.mjs.map',
      'index.d.mts',
      'index.d.ts',
      'index.js',
      'index.mjs',
      'message.schema.json',
      'package.json',
      'producer.d.mts',
      'producer.d.ts',
      'producer.js',
      'producer.mjs',
      'users-schema.avsc',
    ]);
    expect(unpackedSize).toBeLessThan(8_000_000);
  });

  test('holds the pages that alarms and messages name', () => {
    const pages = readdirSync(join(PROJECT, 'docs'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name !== 'package.md')
      .map(({ parentPath, name }) => relative(PROJECT, join(parentPath, name)));
    expect(paths.filter((path) => path.startsWith('docs/')).sort()).toEqual(pages.sort());
  });

  test('names nothing of the machine that it was made on', () => {
    for (const file of paths) {
      expect(readFileSync(join(installed, file), 'utf8')).not.toContain(PROJECT);
    }
  });

  test('has source maps that lead to the same places wherever they were made', () => {
    for (const folder of ['function', 'function-with-order-guard']) {
      const { sources, sourceRoot } = JSON.parse(readFileSync(join(installed, folder, 'index.mjs.map'), 'utf8'));
      expect(sourceRoot).toBeUndefined();
      expect(sources.length).toBeGreaterThan(20);
      for (const source of sources) expect(source).toMatch(/^(lambda|contract|aws|node_modules)\//);
    }
  });

  test('tells whose code is in it', () => {
    const notices = readFileSync(join(installed, 'THIRD-PARTY-NOTICES'), 'utf8');
    for (const name of ['@aws-sdk/client-sqs', 'commander', 'valibot', 'p-map']) {
      expect(notices).toMatch(new RegExp(`^ {2}${name} \\d+\\.\\d+\\.\\d+ \\(`, 'm'));
    }
    expect(notices).toContain('Apache License');
  });

  test('has types for whoever imports it and for whoever requires it', () => {
    // A schema in Avro is a file to read, and no module.
    const args = [TARBALL, '--format', 'ascii', '--exclude-entrypoints', './users-schema.avsc'];
    const { status, stdout } = spawnSync(ownProgram('attw'), args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(stdout);
  });

  test('is what publint lets pass', () => {
    const { status, stdout } = spawnSync(ownProgram('publint'), [TARBALL, '--strict'], { encoding: 'utf8' });
    expect({ status, stdout }).toMatchObject({ status: 0, stdout: expect.stringContaining('All good!') });
  });
});

describe('installed where nothing else is', () => {
  test('it brings no other package along', () => {
    expect(
      readFileSync(join(folder.path, 'node_modules/.package-lock.json'), 'utf8').match(/"node_modules\//g),
    ).toHaveLength(1);
  });

  test('gives out the schema of messages, and a schema of users to begin with', async () => {
    folder.write(
      'schemas.cjs',
      `const { readFileSync } = require('node:fs');
       console.log(require('personalize-users/message.schema.json').$schema);
       console.log(JSON.parse(readFileSync(require.resolve('personalize-users/users-schema.avsc'))).name);`,
    );
    const { stdout } = await folder.run('node', ['schemas.cjs']);
    expect(stdout).toBe('https://json-schema.org/draft/2020-12/schema\nUsers\n');
  });

  test('says which version it is', async () => {
    const { version } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
    const { stdout } = await folder.run(join(folder.path, 'node_modules/.bin/personalize-users'), ['--version']);
    expect(stdout).toBe(`${version}\n`);
  });

  test('says of the embedded world that it comes with the source, wherever it says how to start it', async () => {
    const cli = (...args: readonly string[]) =>
      folder.run(join(folder.path, 'node_modules/.bin/personalize-users'), args);
    const said = await Promise.all([
      cli('status', '--local'),
      cli('doctor', '--local', '--json'),
      cli('schema', '--local'),
      cli('status', '--help'),
      cli('--help'),
    ]);
    for (const { stdout, stderr } of said) {
      const text = `${stdout}${stderr}`.replaceAll(/\s+/g, ' ');
      expect(text).toContain('npm start -- --serve in a clone of');
      expect(text.match(/npm start/g)).toHaveLength(1);
    }
  });

  test('has types that keep a program to the properties that it says its users have', async () => {
    folder.write(
      'typed.mts',
      `import { type SendReport, UserProducer } from 'personalize-users/producer';
       interface Member { age?: number; genres: string[] }
       const producer = new UserProducer<Member>({ queueUrl: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users' });
       const report: SendReport = await producer.sendAll([{ userId: 'a', properties: { genres: ['Crime'] } }]);
       const sent: number = report.sent;
       // @ts-expect-error an age is a number
       await producer.send({ userId: 'a', properties: { age: '31', genres: [] } });
       // @ts-expect-error there is no such property
       await producer.send({ userId: 'a', properties: { genres: [], shoeSize: 9 } });
       // @ts-expect-error a date is no property
       new UserProducer<{ since: Date }>({ queueUrl: '' });
       // @ts-expect-error
       const wrong: string = sent;`,
    );
    // Without skipLibCheck: the types need no package but those of Node.
    const options = ['--strict', '--noEmit', '--target', 'es2024', '--module', 'nodenext'];
    const types = ['--typeRoots', join(PROJECT, 'node_modules/@types'), '--types', 'node'];
    expect(await folder.run(ownProgram('tsc'), [...options, ...types, 'typed.mts'])).toMatchObject({
      code: 0,
      stdout: '',
    });
  });
});
