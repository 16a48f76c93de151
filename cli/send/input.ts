/** Where users are read from: a file, which can be read again from any place, or a stream, which cannot. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { addAbortSignal } from 'node:stream';
import { FileChangedError, openSteadyFile, type SteadyFile } from '../../contract/input/steady-file.ts';
import { CommandError } from '../failure.ts';
import { note } from '../terminal.ts';
import { GzipError, gunzip, isGzip } from './gunzip.ts';
import { MAX_RECORD_BYTES } from './position.ts';

export interface Input {
  /** As it was given; `standard input` for `-`. */
  readonly name: string;
  /** The path of a file, and how many bytes there are to read, which for gzip is an estimate; a stream has neither. */
  readonly file: { readonly path: string; readonly size: number } | undefined;
  /** Its first bytes: a line at least, if that is no longer than a message, and it ends. */
  readonly head: Buffer;
  /**
   * Reads from a place on. What is no file is read once, and from within its head. Of gzip it is what that holds, and so are
   * all places.
   *
   * @throws CommandError instead of ending, when what was read is not all that there was
   */
  chunks(offset: number): AsyncIterable<Buffer>;
  close(): Promise<void>;
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
    return await openFile(path);
  } catch (error) {
    throw error instanceof CommandError ? error : unreadable(path, error);
  }
}

async function openFile(path: string): Promise<Input> {
  const file = await openSteadyFile(path);
  try {
    const first = await firstOf(file.chunks(0));
    const { head, size, chunks } = isGzip(first) ? await compressed(path, file) : await plain(path, file);
    return { name: path, file: { path, size }, head, chunks, close: file.close };
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function plain(path: string, file: SteadyFile) {
  const chunks = (offset: number) => explained(path, withNote(path, file, file.chunks(offset)));
  return { head: await headOf(chunks(0)), size: file.size, chunks };
}

async function compressed(path: string, file: SteadyFile) {
  let needed = 0;
  const head = await headOf(
    explained(
      path,
      gunzip(file.chunks(0), (bytes) => (needed = bytes)),
    ),
  );
  // What is compressed to how much is only known of the beginning.
  const size = needed === 0 ? 0 : Math.max(head.length, Math.round((head.length / needed) * file.size));
  const chunks = (offset: number) => explained(path, skip(gunzip(withNote(path, file, file.chunks(0))), offset));
  return { head, size, chunks };
}

async function firstOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  for await (const chunk of chunks) return chunk;
  return Buffer.alloc(0);
}

async function headOf(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of chunks) {
    pieces.push(chunk);
    bytes += chunk.length;
    if (bytes >= MAX_RECORD_BYTES) break;
  }
  return Buffer.concat(pieces);
}

async function* skip(chunks: AsyncIterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let left = bytes;
  for await (const chunk of chunks) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

/** All that was there at first was read, but somebody may have meant what is there by now. */
async function* withNote(path: string, file: SteadyFile, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
  if (await file.isReplaced()) note(`${path} is another file by now. The one that was there at first is read.`);
}

async function openStream(name: string, stream: AsyncIterable<Buffer>): Promise<Input> {
  const raw = stream[Symbol.asyncIterator]();
  const begin = await beginningOf(raw, (bytes) => bytes.length >= 2);
  const whole = startingWith(begin, raw);
  const iterator = explained(name, isGzip(begin) ? gunzip(whole) : whole)[Symbol.asyncIterator]();
  const head = await beginningOf(iterator, (bytes) => bytes.length >= MAX_RECORD_BYTES || hasWrittenLine(bytes));
  return {
    name,
    file: undefined,
    head,
    chunks: (offset) => startingWith(head.subarray(offset), iterator),
    close: async () => {},
  };
}

async function beginningOf(iterator: AsyncIterator<Buffer>, isEnough: (bytes: Buffer) => boolean): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  while (!isEnough(bytes)) {
    const { done, value } = await iterator.next();
    if (done) break;
    bytes = Buffer.concat([bytes, value]);
  }
  return bytes;
}

async function* startingWith(head: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head;
  yield* { [Symbol.asyncIterator]: () => rest };
}

/** Whether a line has ended that is not blank. */
function hasWrittenLine(bytes: Buffer): boolean {
  for (let start = 0, end = bytes.indexOf(LF); end !== -1; start = end + 1, end = bytes.indexOf(LF, start)) {
    if (bytes.toString('latin1', start, end).trim() !== '') return true;
  }
  return false;
}

async function* explained(name: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, error: unknown): unknown {
  if (error instanceof FileChangedError || error instanceof GzipError) {
    return new CommandError(`${name} ${error.message}.`, { cause: error });
  }
  const { code = '', message, name: kind } = error as NodeJS.ErrnoException;
  if (kind === 'AbortError' || error instanceof CommandError) return error;
  return new CommandError(`${name} cannot be read: ${PROBLEMS[code] ?? message}.`, { cause: error });
}

const PROBLEMS: Readonly<Partial<Record<string, string>>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
};
