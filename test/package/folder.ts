/** Fresh folders into which the package is installed, as others would. */
import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { type ProgramResult, runProgram } from '../support/run-program.ts';
import { TARBALL } from './tarball.ts';

/** A folder of somebody who uses the package. */
export interface Folder {
  readonly path: string;
  write(name: string, text: string): void;
  /** Installs packages from the registry, or npm's cache, besides those that its package.json names. */
  install(...packages: string[]): Promise<void>;
  /** Runs a program, without anything of this process's environment that could let it reach AWS. */
  run(program: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<ProgramResult>;
  remove(): void;
}

/** @param below - folders in between, so that two are not at the same depth */
export function makeFolder(below = 'app'): Folder {
  const root = mkdtempSync(join(realpathSync(tmpdir()), 'personalize-users-app-'));
  const path = join(root, below);
  mkdirSync(path, { recursive: true });
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  };
  const run: Folder['run'] = (program, args, env = {}) =>
    runProgram(program, args, { cwd: path, env: { PATH: PATH_OF_USERS, HOME: root, ...NO_AWS, ...env } });
  return {
    path,
    write,
    run,
    async install(...packages) {
      const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', ...packages];
      const { code, stderr } = await runProgram('npm', args, { cwd: path, env: process.env as Record<string, string> });
      if (code !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stderr}`);
    },
    remove: () => rmSync(root, { recursive: true }),
  };
}

/** Where `node` is for who uses the package: this one, or another that the environment names the folder of. */
const PATH_OF_USERS = [process.env.NODE_OF_USERS, process.env.PATH].filter(Boolean).join(delimiter);

const NO_AWS = {
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'eu-west-1',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

/** What npm is to install for the package under test. */
export const PACKAGE = TARBALL;

/** The assets of a cloud assembly that hold the function's code. */
export function codeAssetsIn(assembly: string): readonly string[] {
  return readdirSync(assembly).filter((name) => /^asset\.[\da-f]{64}$/.test(name));
}
