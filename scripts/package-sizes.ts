/**
 * `npm run package:sizes`: packs the package, installs it as others would, and writes what that takes on the disk into
 * docs/adr/0014-package.md. It needs the npm registry, or npm's cache.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { packPackage } from './package/pack.ts';

readCommandLine(
  new Command('npm run package:sizes --').description(
    'Writes what the package takes on the disk into docs/adr/0014-package.md.',
  ),
);

const PAGE = new URL('../docs/adr/0014-package.md', import.meta.url);
const { dependencies, devDependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const CDK = [`aws-cdk-lib@${dependencies['aws-cdk-lib']}`, `constructs@${dependencies.constructs}`];
const CDK_CLI = `aws-cdk@${devDependencies['aws-cdk']}`;

const directory = mkdtempSync(join(tmpdir(), 'personalize-users-sizes-'));
try {
  const { built, tarball } = await packPackage(directory);
  const table = sizesTable(built, tarball);
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(/(<!-- sizes -->\n)[\s\S]*?(<!-- \/sizes -->)/, (_, begin, end) => begin + table + end),
  );
  console.log(table);
} finally {
  rmSync(directory, { recursive: true });
}

function sizesTable(built: string, tarball: string): string {
  const [app, appOfInit] = [CDK, [...CDK, CDK_CLI]].map((others) => [
    installed([tarball, ...others]),
    installed(others),
  ]) as [[number, number], [number, number]];
  return [
    '| installed | on disk | without the package |',
    '|---|---|---|',
    `| alone: the producer and the command line | ${megabytes(installed([tarball]))} | |`,
    `| in an app with \`aws-cdk-lib\` ${dependencies['aws-cdk-lib']} and \`constructs\` | ${app.map(megabytes).join(' | ')} |`,
    `| the app of \`init\`, with the CDK's command line | ${appOfInit.map(megabytes).join(' | ')} |`,
    `| the tarball | ${megabytes(statSync(tarball).size)} | |`,
    `| … in it: the construct and its types | ${megabytes(bytesOf(built, /^index\./))} | |`,
    `| … the producer and its types | ${megabytes(bytesOf(built, /^producer\./))} | |`,
    `| … the command line | ${megabytes(bytesOf(built, /^cli$/))} | |`,
    `| … the functions with their source maps | ${megabytes(bytesOf(built, /^function/))} | |`,
    `| … the docs | ${megabytes(bytesOf(built, /^docs$/))} | |`,
    '',
  ].join('\n');
}

/** Bytes of all files in a folder that has these packages and nothing else. */
function installed(packages: readonly string[]): number {
  const folder = mkdtempSync(join(directory, 'app-'));
  writeFileSync(join(folder, 'package.json'), '{}');
  mkdirSync(join(folder, 'node_modules'));
  const options = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--silent'];
  execFileSync('npm', ['install', ...options, ...packages], { cwd: folder });
  return bytesOf(join(folder, 'node_modules'));
}

/** Bytes of the files below a folder; of those of its entries that are named so. */
function bytesOf(folder: string, names = /(?:)/): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => names.test(name))
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return bytesOf(path);
      return entry.isFile() ? statSync(path).size : 0;
    })
    .reduce((sum, bytes) => sum + bytes, 0);
}

function megabytes(bytes: number): string {
  const size = bytes / 1_000_000;
  return `${size < 20 ? size.toFixed(1) : Math.round(size)} MB`;
}
