import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Metafile } from 'esbuild';
import { thirdPartiesIn, writeNotices } from '../../scripts/package/notices.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'notices-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function installed(name: string, license: unknown, files: Readonly<Record<string, string>> = {}): void {
  const folder = join(root, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name, version: '1.2.3', license }));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
}

function bundleOf(inputs: Readonly<Record<string, number>>): Metafile {
  const entries = Object.entries(inputs).map(([path, bytesInOutput]) => [path, { bytesInOutput }]);
  return { inputs: {}, outputs: { 'index.js': { inputs: Object.fromEntries(entries) } } } as unknown as Metafile;
}

test('each is named once, with its licence and its notice; a text that several share is there once', () => {
  installed('b', 'MIT', { LICENSE: 'MIT of all\r\n' });
  installed('@a/a', 'Apache-2.0', { 'LICENSE.txt': 'MIT of all', NOTICE: 'Made by a.', 'index.js': '' });
  const bundle = bundleOf({ 'node_modules/b/index.js': 9, 'node_modules/@a/a/x.js': 9, 'lib/index.ts': 9 });
  const notices = writeNotices(thirdPartiesIn([bundle, bundle], root));
  expect(notices).toContain('  @a/a 1.2.3 (Apache-2.0)\n  b 1.2.3 (MIT)\n');
  expect(notices.match(/MIT of all/g)).toHaveLength(1);
  expect(notices).toContain('Made by a.');
});

test('whose package has no text of its licence is named all the same', () => {
  installed('b', 'MIT');
  writeFileSync(
    join(root, 'node_modules/b/package.json'),
    JSON.stringify({ name: 'b', version: '1.2.3', license: 'MIT', author: { name: 'Ada' } }),
  );
  const notices = writeNotices(thirdPartiesIn([bundleOf({ 'node_modules/b/index.js': 9 })], root));
  expect(notices).toContain('Its package.json says: MIT, by Ada.');
});

test('what esbuild has left out is not in the package', () => {
  installed('b', 'MIT');
  expect(thirdPartiesIn([bundleOf({ 'node_modules/b/index.js': 0 })], root)).toEqual([]);
});

test.each(['GPL-3.0', undefined, { type: 'MIT' }])('a licence that is %j is not given out', (licence) => {
  installed('b', licence);
  expect(() => thirdPartiesIn([bundleOf({ 'node_modules/b/index.js': 1 })], root)).toThrow('b has the licence');
});
