/** The SHA-256 of what is sent up to a place: whether it is still what is there. It is of the very bytes that were read. */
import { createHash } from 'node:crypto';

export interface Fingerprint {
  /**
   * Begins with all that is before a place.
   *
   * @returns the hash of that, in hex, as `upTo` does; undefined when there is less
   */
  begin(chunks: AsyncIterable<Buffer>, offset: number): Promise<string | undefined>;
  /** Passes on what follows, and keeps it until `upTo` has come by. */
  watch(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer>;
  /**
   * The hash of all bytes before a place that was read.
   *
   * @param offset - no earlier than that of the call before
   */
  upTo(offset: number): string;
}

/** Makes a fingerprint. */
export function createFingerprint(): Fingerprint {
  const hash = createHash('sha256');
  let hashed = 0;
  let pending: Buffer[] = [];

  const add = (chunk: Buffer, offset: number): Buffer => {
    const part = chunk.subarray(0, offset - hashed);
    hash.update(part);
    hashed += part.length;
    return chunk.subarray(part.length);
  };
  return {
    begin: async (chunks, offset) => {
      if (offset > 0) {
        for await (const chunk of chunks) {
          add(chunk, offset);
          if (hashed === offset) break;
        }
      }
      return hashed === offset ? hash.copy().digest('hex') : undefined;
    },
    async *watch(chunks) {
      for await (const chunk of chunks) {
        pending.push(chunk);
        yield chunk;
      }
    },
    upTo: (offset) => {
      let done = 0;
      for (const [index, chunk] of pending.entries()) {
        if (hashed === offset) break;
        const rest = add(chunk, offset);
        if (rest.length === 0) done = index + 1;
        else pending[index] = rest;
      }
      pending = pending.slice(done);
      return hash.copy().digest('hex');
    },
  };
}
