import { describe, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import {
  type Contents,
  EXPECTED,
  type Manifest,
  type Part,
  problemsOf,
  readContents,
} from '../../scripts/bundle-contents.ts';

const MANIFESTS: Record<string, Manifest> = {
  '.': { name: 'personalize-users', version: '0.1.0', license: 'Apache-2.0' },
  'node_modules/p-map': { name: 'p-map', version: '7.1.1', license: 'MIT' },
  'node_modules/@smithy/core': { name: '@smithy/core', version: '3.0.0', license: 'Apache-2.0' },
  'node_modules/@smithy/core/node_modules/p-map': { name: 'p-map', version: '6.0.0' },
};

/** A metafile with these files in the bundle: bytes and format by path. */
function metafile(files: Record<string, [bytes: number, format?: 'esm' | 'cjs']>, imports: string[] = []): Metafile {
  const entries = Object.entries(files);
  const input = (format?: 'esm' | 'cjs') => ({ bytes: 9_999, imports: [], ...(format && { format }) });
  return {
    inputs: Object.fromEntries(entries.map(([path, [, format]]) => [path, input(format)])),
    outputs: {
      'index.mjs.map': { bytes: 5, inputs: {}, imports: [], exports: [] },
      'index.mjs': {
        bytes: 1_000,
        entryPoint: 'lambda/handler.ts',
        inputs: Object.fromEntries(entries.map(([path, [bytesInOutput]]) => [path, { bytesInOutput }])),
        imports: imports.map((path) => ({ path, kind: 'import-statement', external: true })),
        exports: ['handler'],
      },
    },
  };
}

const read = (...args: Parameters<typeof metafile>) => readContents(metafile(...args), (folder) => MANIFESTS[folder]!);

describe('what is in a bundle', () => {
  test('is counted by package, the largest first', () => {
    expect(
      read({
        'lambda/handler.ts': [100, 'esm'],
        'lambda/core/ingest.ts': [50, 'esm'],
        'node_modules/@smithy/core/dist/a.js': [300, 'esm'],
        'node_modules/@smithy/core/package.json': [20],
        'node_modules/p-map/index.js': [10, 'esm'],
      }),
    ).toEqual({
      parts: [
        { name: '@smithy/core', version: '3.0.0', licence: 'Apache-2.0', bytes: 320, esModules: true },
        { name: 'personalize-users', version: '0.1.0', licence: 'Apache-2.0', bytes: 150, esModules: true },
        { name: 'p-map', version: '7.1.1', licence: 'MIT', bytes: 10, esModules: true },
      ],
      bytes: 1_000,
      imports: [],
    });
  });

  test('is not what esbuild has left out', () => {
    expect(read({ 'lambda/handler.ts': [1, 'esm'], 'node_modules/p-map/index.js': [0, 'esm'] }).parts).toHaveLength(1);
  });

  test('are also packages within packages, with versions of their own', () => {
    const { parts } = read({ 'node_modules/@smithy/core/node_modules/p-map/index.js': [1, 'cjs'] });
    expect(parts).toEqual([{ name: 'p-map', version: '6.0.0', licence: '', bytes: 1, esModules: false }]);
  });

  test('does not include what is imported when it runs', () => {
    expect(read({}, ['node:http', 'node:fs', 'node:http']).imports).toEqual(['node:fs', 'node:http']);
  });
});

describe('nothing is wrong', () => {
  test('with a bundle of what is expected', () => {
    expect(problemsOf(contentsOf())).toEqual([]);
  });

  test.each<[string, Contents, string]>([
    [
      'a package that nobody expects',
      contentsOf({ name: 'left-pad' }),
      'left-pad is not expected in the bundle: see what imports it, or put it on the list with its reason.',
    ],
    [
      'a package whose name only begins like an expected one',
      contentsOf({ name: 'valibot-extras' }),
      'valibot-extras is not expected in the bundle: see what imports it, or put it on the list with its reason.',
    ],
    ['no licence', contentsOf({ name: '@smithy/types', licence: '' }), '@smithy/types has no licence.'],
    [
      'a licence that asks for more',
      contentsOf({ name: '@smithy/types', licence: 'GPL-3.0-only' }),
      '@smithy/types has the licence GPL-3.0-only, which is not on the list.',
    ],
    [
      'CommonJS',
      contentsOf({ name: '@smithy/types', esModules: false }),
      '@smithy/types is CommonJS, of which esbuild cannot leave out what is not used.',
    ],
    ['a package twice', contentsOf({ name: 'valibot', version: '2.0.0' }), 'valibot is there 2 times: 1.0.0, 2.0.0.'],
    [
      'something that has to be found when it runs',
      { ...contentsOf(), imports: ['@aws-sdk/client-sqs', 'node:fs'] },
      '@aws-sdk/client-sqs is imported and not in the bundle.',
    ],
    [
      'a list that is out of date',
      { ...contentsOf(), parts: contentsOf().parts.filter(({ name }) => name !== 'p-map') },
      'p-map is expected and not in the bundle: take it off the list in scripts/bundle-contents.ts.',
    ],
  ])('but with %s', (_, contents, problem) => {
    expect(problemsOf(contents)).toEqual([problem]);
  });
});

/** All that is expected, and a package more. */
function contentsOf(...more: Partial<Part>[]): Contents {
  const part = { version: '1.0.0', licence: 'MIT', bytes: 1, esModules: true };
  const names = Object.keys(EXPECTED).map((entry) => (entry.endsWith('/') ? `${entry}some` : entry));
  return {
    parts: [...names.map((name) => ({ ...part, name })), ...more.map((other) => ({ ...part, name: '', ...other }))],
    bytes: 100,
    imports: ['node:fs'],
  };
}
