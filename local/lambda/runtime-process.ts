/** The process of an execution environment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { Exit } from './invocation-result.ts';

/** Takes a line that a process wrote to its standard output or error. */
export type LogListener = (line: string, pid: number) => void;

export interface RuntimeProcessOptions {
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]];
  readonly directory: string;
  /** All of the process's environment variables. */
  readonly variables: Readonly<Record<string, string>>;
  readonly onLog: LogListener;
}

export interface RuntimeProcess {
  readonly pid: number;
  /** Resolves when the process has ended and all that it wrote has been passed on. */
  readonly ended: Promise<Exit>;
  /** Ends the process with SIGKILL, which it can neither refuse nor notice. */
  kill(): Promise<void>;
}

/**
 * Starts a process. Its standard input stays open, and empty, for as long as this process lives.
 *
 * @throws what the operating system said when the program cannot be started, such as ENOENT
 */
export async function startRuntimeProcess(options: RuntimeProcessOptions): Promise<RuntimeProcess> {
  const [program, ...parameters] = options.command;
  const child = spawn(program, parameters, { cwd: options.directory, env: options.variables, stdio: 'pipe' });
  const ended = new Promise<Exit>((resolve) => {
    child.once('close', (code, signal) =>
      resolve(signal === null ? { code: code ?? 0, signal } : { code: null, signal }),
    );
  });
  await once(child, 'spawn');
  const pid = child.pid as number;
  forEachLine(child.stdout, (line) => options.onLog(line, pid));
  forEachLine(child.stderr, (line) => options.onLog(line, pid));
  return {
    pid,
    ended,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function forEachLine(stream: Readable, listener: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', listener);
}
