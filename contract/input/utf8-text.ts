/** Text from bytes that people and programs give. Read without a look, what is not UTF-8 becomes U+FFFD, without a word. */
import { isUtf8 } from 'node:buffer';

/** The bytes as text, or undefined if they are not UTF-8. */
export function textOf(bytes: Buffer): string | undefined {
  return isUtf8(bytes) ? bytes.toString('utf8') : undefined;
}

/** A line of bytes, and where it stands. */
export interface ByteLine {
  /** Counted from 1. */
  readonly number: number;
  /** Without what ends it. */
  readonly bytes: Buffer;
}

const LF = 0x0a;
/** CR alone too, as old systems have it. No other byte of UTF-8 is one of these. */
const LINE_END = /\r\n|\n|\r/;

/** Cuts bytes into lines. U+2028 and U+2029 end none: JSON may have them within its strings. */
export async function* linesOf(chunks: AsyncIterable<Buffer>): AsyncGenerator<ByteLine> {
  let number = 0;
  let rest: Buffer[] = [];
  const cut = (bytes: Buffer): ByteLine[] =>
    bytes
      .toString('latin1')
      .split(LINE_END)
      .map((line) => ({ number: ++number, bytes: Buffer.from(line, 'latin1') }));
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(LF);
    if (end === -1) rest.push(chunk);
    else {
      yield* cut(withoutEnd(Buffer.concat([...rest, chunk.subarray(0, end)])));
      rest = [chunk.subarray(end + 1)];
    }
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield* cut(last);
}

const CR = 0x0d;

/** The LF is cut off already. */
function withoutEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === CR ? bytes.subarray(0, -1) : bytes;
}
