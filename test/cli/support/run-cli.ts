/** The command line as a process of its own, as people run it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** What one test has compiled, the next does not compile again. */
const XDG_CACHE_HOME = join(tmpdir(), 'personalize-users-tests');

const MAIN = fileURLToPath(new URL('../../../cli/main.ts', import.meta.url));

export interface CliRun {
  readonly process: ChildProcess;
  /** What it has printed on standard output so far. */
  stdout(): string;
  stderr(): string;
  /** Resolves with the exit code, or null if a signal ended it. */
  readonly ended: Promise<number | null>;
}

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts it. Nothing of this machine's AWS configuration is seen: what it is to know is in `env`. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  stdin: 'ignore' | 'pipe' = 'ignore',
): CliRun {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env.PATH, XDG_CACHE_HOME, ...NO_AWS, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout!.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text) => (stderr += text));
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended: once(child, 'close').then(([code]) => code as number | null),
  };
}

/** Runs it to its end. */
export async function runCli(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult> {
  const run = startCli(args, env);
  return { code: await run.ended, stdout: run.stdout(), stderr: run.stderr() };
}

/** Variables that send every call to one server, with credentials that it does not look at. */
export function awsAt(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
}

/** A call that nobody told where to go goes nowhere. */
const NO_AWS = {
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  NO_COLOR: '1',
};
