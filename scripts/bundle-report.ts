/**
 * `npm run bundle`: lists the packages in the function's bundle, and fails if one should not be there. The bundle is made
 * by the CDK as it makes the one that is deployed.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Table from 'cli-table3';
import type { Metafile } from 'esbuild';
import { bundle } from '../bench/bundle.ts';
import { CODE } from '../lib/bundling.ts';
import { type Contents, problemsOf, readContents } from './bundle-contents.ts';

const contents = readContents(metafileOfBundle(), (folder) =>
  JSON.parse(readFileSync(join(CODE.projectRoot, folder, 'package.json'), 'utf8')),
);
console.log(table(contents));
for (const problem of problemsOf(contents)) {
  console.error(problem);
  process.exitCode = 1;
}

/** What esbuild says of the function's bundle. */
function metafileOfBundle(): Metafile {
  const { file, remove } = bundle(CODE.entry, { metafile: true });
  try {
    return JSON.parse(readFileSync(join(dirname(file), 'index.meta.json'), 'utf8'));
  } finally {
    remove();
  }
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
