/**
 * `aws-lambda-ric`, Lambda's own Node runtime. It compiles C++ when it is installed, which is too much for every `npm ci`,
 * so it is not among the project's dependencies: it has a directory of its own, and stays there.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const VERSION = '4.0.2';
const DIRECTORY = join(import.meta.dirname, '../.local/aws-lambda-ric');
const PACKAGE = join(DIRECTORY, 'node_modules/aws-lambda-ric');

/** npm runs install scripts only of packages that `allowScripts` names. */
const MANIFEST = {
  private: true,
  dependencies: { 'aws-lambda-ric': VERSION },
  allowScripts: { 'aws-lambda-ric': true },
};

/** What it is built with, each with one of the programs that do. */
const TOOLS = [['cmake3', 'cmake'], ['g++'], ['make'], ['xz']] as const;

/**
 * Installs the runtime, unless it is there and works.
 *
 * @returns the path of its program, for Node to run
 * @throws Error that says what is missing or what npm said
 */
export function installRuntimeClient(): string {
  if (!works()) install();
  return join(PACKAGE, 'index.mjs');
}

/** Whether the right version is there, and its native part can be loaded. */
function works(): boolean {
  try {
    if (JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')).version !== VERSION) return false;
  } catch {
    return false;
  }
  // Its native part aborts when it is loaded where there is no Runtime API; a place for one is enough.
  const env = { ...process.env, AWS_LAMBDA_RUNTIME_API: 'localhost' };
  return succeeds(process.execPath, ['-e', 'require(process.argv[1])', join(PACKAGE, 'rapid-client.node')], env);
}

function install(): void {
  checkTools();
  console.log(`Building aws-lambda-ric ${VERSION}, once; it takes about a minute ...`);
  rmSync(DIRECTORY, { recursive: true, force: true });
  mkdirSync(DIRECTORY, { recursive: true });
  writeFileSync(join(DIRECTORY, 'package.json'), `${JSON.stringify(MANIFEST, undefined, 2)}\n`);
  const { error, stdout, stderr } = spawnSync(
    'npm',
    ['install', '--prefix', DIRECTORY, '--no-audit', '--no-fund', '--no-package-lock'],
    { cwd: DIRECTORY, encoding: 'utf8' },
  );
  if (works()) return;
  throw new Error(
    `aws-lambda-ric ${VERSION} could not be installed. npm said:\n${error?.message ?? stdout + stderr}`.trim(),
  );
}

function checkTools(): void {
  if (process.platform !== 'linux') {
    throw new Error(`aws-lambda-ric can be built on Linux only, and this is ${process.platform}.`);
  }
  const missing = TOOLS.filter((names) => !names.some((name) => succeeds(name, ['--version'])));
  if (missing.length === 0) return;
  const names = missing.map((names) => names.at(-1)).join(', ');
  throw new Error(
    `aws-lambda-ric is built from C++, and this is missing: ${names}. Install it, for instance: ` +
      'apt-get install cmake g++ make xz-utils',
  );
}

function succeeds(program: string, parameters: readonly string[], env = process.env): boolean {
  return spawnSync(program, parameters, { stdio: 'ignore', env }).status === 0;
}
