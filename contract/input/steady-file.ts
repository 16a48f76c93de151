/** A file that is read as it was when it was opened, or not to its end: whoever cuts it off or writes to it is noticed. */
import { type BigIntStats, createReadStream } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** A file that is not what it was when its reading began. The message completes "it ...". */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
}

export interface SteadyFile {
  /** In bytes, when it was opened. */
  readonly size: number;
  /**
   * Reads from a place on.
   *
   * @throws FileChangedError instead of ending, if the file is shorter, longer or newer than it was
   */
  chunks(offset: number): AsyncGenerator<Buffer>;
  /** Whether its name stands for another file by now, which was not read. */
  isReplaced(): Promise<boolean>;
  close(): Promise<void>;
}

const CHUNK_BYTES = 256 * 1024;

/** Opens a file. What is read is that one file, even if its name is given to another. */
export async function openSteadyFile(path: string): Promise<SteadyFile> {
  const handle = await open(path);
  try {
    const opened = await handle.stat({ bigint: true });
    const size = Number(opened.size);
    return {
      size,
      chunks: (offset) => read(handle, opened, offset),
      isReplaced: async () => {
        const { ino } = await stat(path, { bigint: true }).catch(() => opened);
        return ino !== opened.ino;
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function* read(handle: FileHandle, opened: BigIntStats, offset: number): AsyncGenerator<Buffer> {
  const size = Number(opened.size);
  for (let at = offset; at < size; ) {
    const length = Math.min(CHUNK_BYTES, size - at);
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) {
      throw new FileChangedError(`was cut off while it was read: it had ${size} bytes, and ends after ${at}`);
    }
    yield buffer.subarray(0, bytesRead);
    at += bytesRead;
  }
  const now = await handle.stat({ bigint: true });
  if (now.size < opened.size) {
    throw new FileChangedError(`was cut off while it was read: it had ${size} bytes, and has ${now.size}`);
  }
  if (now.size > opened.size) throw new FileChangedError('has grown while it was read');
  if (now.mtimeNs !== opened.mtimeNs) throw new FileChangedError('was written to while it was read');
}

/** Reads a file like that, whole; what is no regular file, such as a pipe, as it comes. */
export function readSteadily(path: string): Readable {
  return Readable.from(readWhole(path), { objectMode: false });
}

async function* readWhole(path: string): AsyncGenerator<Buffer> {
  if (!(await stat(path)).isFile()) {
    yield* createReadStream(path) as AsyncIterable<Buffer>;
    return;
  }
  const file = await openSteadyFile(path);
  try {
    yield* file.chunks(0);
  } finally {
    await file.close();
  }
}
