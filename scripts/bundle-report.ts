/**
 * `npm run bundle`: lists the packages in the function's bundle, and fails if one should not be there. The bundle is made
 * by the CDK as it makes the one that is deployed.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { LogLevel, NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import Table from 'cli-table3';
import type { Metafile } from 'esbuild';
import { CODE } from '../lib/bundling.ts';
import { type Contents, problemsOf, readContents } from './bundle-contents.ts';

const contents = readContents(bundle(), (folder) =>
  JSON.parse(readFileSync(join(CODE.projectRoot, folder, 'package.json'), 'utf8')),
);
console.log(table(contents));
for (const problem of problemsOf(contents)) {
  console.error(problem);
  process.exitCode = 1;
}

/** Bundles the function into a folder that goes again. */
function bundle(): Metafile {
  const outdir = mkdtempSync(join(tmpdir(), 'personalize-users-bundle-report-'));
  try {
    const stack = new Stack(new App({ outdir }), 'Bundle');
    new NodejsFunction(stack, 'Function', {
      ...CODE,
      bundling: { ...CODE.bundling, metafile: true, logLevel: LogLevel.WARNING },
    });
    const asset = readdirSync(outdir).find((name) => name.startsWith('asset.'))!;
    return JSON.parse(readFileSync(join(outdir, asset, 'index.meta.json'), 'utf8'));
  } finally {
    rmSync(outdir, { recursive: true });
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
