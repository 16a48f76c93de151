/** A project as a reader of the docs has it: this one's folders and packages, and files of the reader's own beside them. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { World } from '../../local/world.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

/** What examples import, or what their tools look for. */
const SHARED = [
  'aws',
  'contract',
  'lambda',
  'lib',
  'producer',
  'node_modules',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

export interface ReaderProject {
  readonly directory: string;
  write(file: string, content: string): void;
  /** Runs a command in it to its end. */
  run(command: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Finished>;
  remove(): void;
}

/** How a command ended. */
export interface Finished {
  readonly exitCode: number | null;
  /** Of both streams. */
  readonly output: string;
}

export function createReaderProject(): ReaderProject {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-docs-'));
  for (const name of SHARED) symlinkSync(join(PROJECT, name), join(directory, name));
  return {
    directory,
    write: (file, content) => writeFileSync(join(directory, file), content),
    run: (command, args, env = {}) => run(directory, command, args, env),
    // Links are removed, and not what they lead to.
    remove: () => rmSync(directory, { recursive: true }),
  };
}

/** @throws Error with what a command has said, unless it went well */
export function mustSucceed({ exitCode, output }: Finished): void {
  if (exitCode !== 0) throw new Error(`It ended with ${exitCode}, and said:\n${output}`);
}

/** What the examples are told by their environment, with the embedded world in the place of AWS. */
export function environmentFor({ endpoints }: World): Readonly<Record<string, string>> {
  return {
    QUEUE_URL: endpoints.queueUrl,
    AWS_ENDPOINT_URL_SQS: endpoints.sqs,
    AWS_REGION: endpoints.region,
    AWS_DEFAULT_REGION: endpoints.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

/** Nothing that is set up on this machine for AWS is found. */
const NO_AWS = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
};

async function run(
  cwd: string,
  command: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(command, args, {
    cwd,
    env: { PATH, HOME, ...NO_AWS, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exitCode = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { exitCode: await exitCode, output: stdout + stderr };
}
