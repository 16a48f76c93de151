/** The SHA-256 of a file up to a place: whether what was sent of it is still what is there. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

export interface Fingerprint {
  /**
   * The hash of all bytes before a place, in hex.
   *
   * @param offset - no earlier than that of the call before
   */
  upTo(offset: number): Promise<string>;
}

/** Makes the fingerprint of a file. It reads each byte once. */
export function createFingerprint(path: string): Fingerprint {
  const hash = createHash('sha256');
  let hashed = 0;
  return {
    upTo: async (offset) => {
      if (offset > hashed) {
        for await (const chunk of createReadStream(path, { start: hashed, end: offset - 1, highWaterMark: 1 << 20 })) {
          hash.update(chunk as Buffer);
        }
        hashed = offset;
      }
      return hash.copy().digest('hex');
    },
  };
}
