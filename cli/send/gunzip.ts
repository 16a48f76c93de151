/** What a gzip stream holds, piece by piece; of several that follow each other, all of it (RFC 1952, 2.2). */
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The stream is not whole. The message completes "users.csv.gz ...". */
export class GzipError extends Error {
  override readonly name = 'GzipError';
}

const MAGIC = Buffer.from([0x1f, 0x8b]);

/** Whether bytes begin as gzip does. */
export function isGzip(head: Buffer): boolean {
  return head.subarray(0, 2).equals(MAGIC);
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Decompresses.
 *
 * @param onRead - is told how many bytes of the source were needed so far
 * @throws GzipError when the stream is cut off or damaged, and whatever reading the source throws
 */
export async function* gunzip(
  source: AsyncIterable<Buffer>,
  onRead: (bytes: number) => void = () => {},
): AsyncGenerator<Buffer> {
  let bytes = 0;
  let endOfContent = 0;
  let failure: { readonly error: unknown } | undefined;
  const watched = async function* () {
    try {
      for await (const chunk of source) {
        const last = lastOther(chunk);
        if (last !== -1) endOfContent = bytes + last + 1;
        bytes += chunk.length;
        yield chunk;
      }
    } catch (error) {
      failure = { error };
      throw error;
    }
  };
  const decompressor = createGunzip({ chunkSize: CHUNK_BYTES });
  const input = Readable.from(watched(), { objectMode: true, highWaterMark: 2 });
  input.on('error', (error) => decompressor.destroy(error));
  try {
    for await (const chunk of input.pipe(decompressor)) {
      onRead(decompressor.bytesWritten);
      yield chunk as Buffer;
    }
    // Zeros pad a stream; Node.js takes them for its end, whatever comes after.
    for await (const _ of input) {
    }
  } catch (error) {
    throw failure ? failure.error : describe(error);
  } finally {
    input.destroy();
  }
  if (endOfContent > decompressor.bytesWritten) {
    throw new GzipError('has more after the end of its gzip data, which cannot be read');
  }
}

/** Where the last byte is that is not zero; -1 if none is. */
function lastOther(chunk: Buffer): number {
  let at = chunk.length - 1;
  while (at >= 0 && chunk[at] === 0) at--;
  return at;
}

function describe(error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return new GzipError('is cut off: its gzip data has no end', { cause: error });
  if (code?.startsWith('Z_')) {
    return new GzipError(`is damaged gzip: ${(error as Error).message}`, { cause: error });
  }
  return error;
}
