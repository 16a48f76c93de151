/**
 * `npm run bundle`: lists the packages in the function's bundle, and fails if one should not be there. The bundle is made
 * as the one that is deployed.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Table from 'cli-table3';
import { Command } from 'commander';
import { bundle } from '../bench/bundle.ts';
import { readCommandLine } from '../contract/input/command-line.ts';
import { PROJECT_ROOT } from '../lib/bundling.ts';
import { type Contents, problemsOf, readContents } from './bundle-contents.ts';

readCommandLine(new Command('npm run bundle --').description("Lists what is in the function's bundle."));

const { metafile, remove } = bundle();
remove();
const contents = readContents(metafile, (folder) =>
  JSON.parse(readFileSync(join(PROJECT_ROOT, folder, 'package.json'), 'utf8')),
);
console.log(table(contents));
for (const problem of problemsOf(contents)) {
  console.error(problem);
  process.exitCode = 1;
}

function table({ parts, bytes }: Contents): string {
  const rows = parts.map(({ name, version, licence, bytes }) => [name, version, licence || 'none', count(bytes)]);
  const ofEsbuild = bytes - parts.reduce((sum, part) => sum + part.bytes, 0);
  const report = new Table({
    head: ['package', 'version', 'licence', 'bytes'],
    colAligns: ['left', 'left', 'left', 'right'],
    style: { head: [], border: [], compact: true },
  });
  report.push(...rows, ["esbuild's own", '', '', count(ofEsbuild)], ['all', '', '', count(bytes)]);
  return report.toString();
}

function count(bytes: number): string {
  return bytes.toLocaleString('en');
}
