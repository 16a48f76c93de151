/**
 * Cuts bytes into records: lines, or, in CSV, lines that go on as long as a quote is open. It knows where each of them
 * begins, to the byte and to the line, and holds no more than one record and one piece of the input.
 */
import { MAX_RECORD_BYTES, type Position } from './position.ts';

/** A record as it stands in the input, without the end of its line. */
export interface RawRecord {
  /** Undefined for one that is longer than {@link MAX_RECORD_BYTES}. */
  readonly bytes: Buffer | undefined;
  /** The line on which it begins. */
  readonly line: number;
  /** Where the next one begins. */
  readonly end: Position;
}

/** Records that follow each other. */
export interface Block {
  /** All of them as they stand in the input, with the ends of their lines, and blank lines between. */
  readonly bytes: Buffer;
  /** Those that are not blank. */
  readonly records: readonly RawRecord[];
}

export interface SplitOptions {
  /** Where the bytes begin. */
  readonly from: Position;
  /** The byte between the values of a CSV record. @default the input is no CSV: a record is a line */
  readonly delimiter?: number | undefined;
}

/** A quote is open, and there is no end to it. What follows cannot be told from what is within. */
export class UnendingRecordError extends Error {
  override readonly name = 'UnendingRecordError';
  readonly line: number;

  constructor(line: number) {
    super(`the record that begins on line ${line} has no end within ${MAX_RECORD_BYTES} bytes`);
    this.line = line;
  }
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const CTRL_Z = 0x1a;

/**
 * Cuts what it reads into blocks of records.
 *
 * @throws UnendingRecordError and whatever reading throws
 */
export async function* splitRecords(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  { from, delimiter }: SplitOptions,
): AsyncGenerator<Block> {
  let rest: Buffer = Buffer.alloc(0);
  let { offset, line } = from;
  /** A line that is too long has begun, and what is there of it is dropped. */
  let isSkipping = false;

  function* cut(isLast: boolean): Generator<Block> {
    let start = 0;
    let mark = 0;
    const records: RawRecord[] = [];
    const add = (end: number, next: number, lines: number, bytes: Buffer | undefined) => {
      const at = line;
      line += lines;
      if (bytes === undefined || !isBlank(rest, start, end)) {
        records.push({ bytes, line: at, end: { offset: offset + next, line } });
      }
      start = next;
    };
    while (start < rest.length || (isLast && isSkipping)) {
      if (isSkipping) {
        const end = rest.indexOf(LF, start);
        if (end === -1 && !isLast) {
          start = rest.length;
          break;
        }
        isSkipping = false;
        add(end === -1 ? rest.length : end, end === -1 ? rest.length : end + 1, 1, undefined);
        continue;
      }
      const found = endOfRecord(rest, start, delimiter);
      if (found.kind === 'found') {
        const isTooLong = found.end - start > MAX_RECORD_BYTES;
        add(found.end, found.end + 1, found.lines, isTooLong ? undefined : lineOf(rest, start, found.end));
      } else if (isLast) {
        const end = endWithoutMark(rest, start);
        mark = rest.length - end;
        const isTooLong = end - start > MAX_RECORD_BYTES;
        add(end, rest.length, found.lines, isTooLong ? undefined : lineOf(rest, start, end));
      } else {
        if (rest.length - start > MAX_RECORD_BYTES) {
          if (found.isInQuotes) throw new UnendingRecordError(line);
          isSkipping = true;
          continue;
        }
        break;
      }
    }
    if (records.length > 0) yield { bytes: rest.subarray(0, start - mark), records };
    rest = rest.subarray(start);
    offset += start;
  }

  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    yield* cut(false);
  }
  yield* cut(true);
}

/** Without the Ctrl-Z with which some systems end a file. */
function endWithoutMark(bytes: Buffer, start: number): number {
  let end = bytes.length;
  while (end > start && bytes[end - 1] === CTRL_Z) end--;
  return end;
}

/** Without the CR that some systems put before the LF. */
function lineOf(bytes: Buffer, start: number, end: number): Buffer {
  return bytes.subarray(start, end > start && bytes[end - 1] === CR ? end - 1 : end);
}

type RecordEnd =
  | { readonly kind: 'found'; readonly end: number; readonly lines: number }
  | { readonly kind: 'open'; readonly isInQuotes: boolean; readonly lines: number };

/** Finds the LF that ends the record. A quote opens at the beginning of a value only, as RFC 4180 has it. */
function endOfRecord(bytes: Buffer, start: number, delimiter: number | undefined): RecordEnd {
  const lineEnd = bytes.indexOf(LF, start);
  if (delimiter === undefined || !hasQuote(bytes, start, lineEnd === -1 ? bytes.length : lineEnd)) {
    return lineEnd === -1 ? { kind: 'open', isInQuotes: false, lines: 1 } : { kind: 'found', end: lineEnd, lines: 1 };
  }
  let lines = 1;
  let isAtValue = true;
  for (let at = start; at < bytes.length; at++) {
    const byte = bytes[at];
    if (isAtValue && byte === QUOTE) {
      const closing = closingQuote(bytes, at + 1);
      lines += countLineEnds(bytes, at + 1, closing === -1 ? bytes.length : closing);
      if (closing === -1) return { kind: 'open', isInQuotes: true, lines };
      at = closing;
      isAtValue = false;
    } else if (byte === LF) {
      return { kind: 'found', end: at, lines };
    } else {
      isAtValue = byte === delimiter;
    }
  }
  return { kind: 'open', isInQuotes: false, lines };
}

function hasQuote(bytes: Buffer, start: number, end: number): boolean {
  return bytes.subarray(start, end).includes(QUOTE);
}

/** -1 when it has not come yet. A quote that is the last byte so far may be the first of two. */
function closingQuote(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(QUOTE, from);
  while (at !== -1 && bytes[at + 1] === QUOTE) at = bytes.indexOf(QUOTE, at + 2);
  return at;
}

function countLineEnds(bytes: Buffer, start: number, end: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LF, start); at !== -1 && at < end; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  return end === start || (end === start + 1 && bytes[start] === CR);
}
