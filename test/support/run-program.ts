import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface RunOptions {
  readonly cwd: string;
  /** Besides the PATH. @default no variables */
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads from standard input. @default nothing */
  readonly input?: string | Buffer;
}

/** What a program ended with. */
export interface ProgramResult {
  /** Null if a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { cwd, env = {}, input = '' }: RunOptions,
): Promise<ProgramResult> {
  const child = spawn(program, args, { cwd, env: { PATH: process.env.PATH, ...env } });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (stderr += text));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, stdout, stderr };
}
