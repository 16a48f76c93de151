/** Where users are read from: a file, which can be read again from any place, or a stream, which cannot. */
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { CommandError } from '../failure.ts';
import { MAX_RECORD_BYTES } from './position.ts';

export interface Input {
  /** As it was given; `standard input` for `-`. */
  readonly name: string;
  /** The path and size of a file; a stream has neither. */
  readonly file: { readonly path: string; readonly size: number } | undefined;
  /** Its first bytes: a line at least, if that is no longer than a message, and it ends. */
  readonly head: Buffer;
  /** Reads from a place on. What is no file is read once, and from within its head. */
  chunks(offset: number): AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 256 * 1024;
const LF = 0x0a;

/**
 * Opens what is to be sent.
 *
 * @param path - `-` for standard input
 * @param signal - ends the waiting for a stream
 * @throws CommandError when it cannot be read
 */
export async function openInput(path: string, signal: AbortSignal): Promise<Input> {
  if (path === '-') return openStream('standard input', addAbortSignal(signal, process.stdin));
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) {
      throw new CommandError(`${path} is a directory.`, { hint: 'Give a file, or - for standard input.' });
    }
    if (!stats.isFile()) {
      return await openStream(path, createReadStream(path, { highWaterMark: CHUNK_BYTES, signal }));
    }
    return {
      name: path,
      file: { path, size: stats.size },
      head: await readHead(path),
      chunks: (start) => createReadStream(path, { start, highWaterMark: CHUNK_BYTES }),
    };
  } catch (error) {
    throw error instanceof CommandError ? error : new CommandError(`${path} cannot be read: ${describe(error)}.`);
  }
}

async function readHead(path: string): Promise<Buffer> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(MAX_RECORD_BYTES), 0, MAX_RECORD_BYTES, 0);
  return buffer.subarray(0, bytesRead);
}

async function openStream(name: string, stream: AsyncIterable<Buffer>): Promise<Input> {
  const iterator = stream[Symbol.asyncIterator]();
  let head: Buffer = Buffer.alloc(0);
  while (head.length < MAX_RECORD_BYTES && !hasWrittenLine(head)) {
    const { done, value } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  return {
    name,
    file: undefined,
    head,
    async *chunks(offset) {
      yield head.subarray(offset);
      yield* { [Symbol.asyncIterator]: () => iterator };
    },
  };
}

/** Whether a line has ended that is not blank. */
function hasWrittenLine(bytes: Buffer): boolean {
  for (let start = 0, end = bytes.indexOf(LF); end !== -1; start = end + 1, end = bytes.indexOf(LF, start)) {
    if (bytes.toString('latin1', start, end).trim() !== '') return true;
  }
  return false;
}

const PROBLEMS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
};

function describe(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return PROBLEMS[code] ?? message;
}
