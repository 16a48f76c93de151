/** Bodies through a command of the operator's: one process for each, the body on its standard input, the new one back. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import type { Readable } from 'node:stream';
import { MAX_MESSAGE_BYTES } from '../../aws/sqs/limits.ts';
import { textOf } from '../../contract/input/utf8-text.ts';

/** What became of a body. */
export type Edited =
  | { readonly kind: 'edited'; readonly body: string }
  /** The body stays as it is, where it is. */
  | { readonly kind: 'failed'; readonly reason: string };

/** Edits a body. Never throws. */
export type EditBody = (body: string) => Promise<Edited>;

/** A command that has not ended by then is killed, in milliseconds. */
const TIME_LIMIT_IN_MILLISECONDS = 60_000;
/** Processes that run at a time, at most. */
const PROCESSES_AT_A_TIME = availableParallelism();
/** Of what the command says about its failure, characters that are shown. */
const REASON_CHARACTERS = 200;

export interface EditorOptions {
  /** @default nothing is cut short */
  readonly signal?: AbortSignal | undefined;
  /** For each body. @default a minute */
  readonly timeLimitInMilliseconds?: number;
}

/**
 * Makes an editor of a command of the shell, such as `jq -c '.properties.age |= tonumber'`.
 *
 * @param options.signal - ends what runs, and begins nothing more: the bodies stay
 */
export function createEditor(command: string, options: EditorOptions = {}): EditBody {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (body) => {
    if (running >= PROCESSES_AT_A_TIME) await new Promise<void>((resolve) => waiting.push(resolve));
    running++;
    try {
      if (options.signal?.aborted) return failed(INTERRUPTED);
      return await runOn(body, command, options);
    } finally {
      running--;
      waiting.shift()?.();
    }
  };
}

const INTERRUPTED = 'interrupted before the command was done';

async function runOn(
  body: string,
  command: string,
  { signal: interruption, timeLimitInMilliseconds = TIME_LIMIT_IN_MILLISECONDS }: EditorOptions,
): Promise<Edited> {
  // A process group of its own: Ctrl-C is for this process to act on, and a command that hangs ends with its children.
  const child = spawn(command, { shell: true, detached: true, stdio: ['pipe', 'pipe', 'pipe'] });
  let killedFor: string | undefined;
  const kill = (reason: string) => {
    killedFor ??= reason;
    endGroup(child.pid);
    // What has left the group may hold them open.
    child.stdout.destroy();
    child.stderr.destroy();
    child.unref();
  };
  const interrupt = () => kill(INTERRUPTED);
  interruption?.addEventListener('abort', interrupt, { once: true });
  const limit = setTimeout(
    () => kill(`the command took longer than ${timeLimitInMilliseconds / 1000} s`),
    timeLimitInMilliseconds,
  );
  try {
    // A command need not read its input.
    child.stdin.on('error', () => {}).end(body);
    const [output, said, [code, signal]] = await Promise.all([
      readOutput(child.stdout, () => kill('the command wrote more than a message may hold, 1 MiB')),
      readBeginning(child.stderr),
      once(child, 'close') as Promise<[number | null, string | null]>,
    ]);
    if (killedFor !== undefined) return failed(killedFor);
    return code === 0 ? edited(output) : failed(describeExit(code, signal, said));
  } catch (error) {
    if (killedFor !== undefined) return failed(killedFor);
    return failed(`the command could not be started: ${(error as Error).message}`);
  } finally {
    clearTimeout(limit);
    interruption?.removeEventListener('abort', interrupt);
  }
}

/** What ends the last line of a command's output is no part of the body. */
function edited(output: Buffer): Edited {
  const body = textOf(output)?.replace(/\r?\n$/, '');
  return body === undefined ? failed('what the command wrote is not UTF-8') : { kind: 'edited', body };
}

function failed(reason: string): Edited {
  return { kind: 'failed', reason };
}

/** @param onTooMuch - is called when there is more than a message may hold; what comes then is dropped */
async function readOutput(stream: Readable, onTooMuch: () => void): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_MESSAGE_BYTES) chunks.push(chunk);
    else onTooMuch();
  }
  return Buffer.concat(chunks);
}

async function readBeginning(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream.setEncoding('utf8') as AsyncIterable<string>) {
    if (text.length < REASON_CHARACTERS) text += chunk;
  }
  return text;
}

function describeExit(code: number | null, signal: string | null, said: string): string {
  const [firstLine = ''] = said.trim().slice(0, REASON_CHARACTERS).split('\n');
  const ended = signal ? `was ended by ${signal}` : `exited with ${code}`;
  return `the command ${ended}${firstLine ? `: ${firstLine}` : ''}`;
}

function endGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
