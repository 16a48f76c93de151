/**
 * Cuts bytes into JSON values: the elements of arrays, and what follows each other without one, however it is laid out. It
 * finds where each begins and ends, and leaves its text as it is, to be read by the contract. It holds no more than one value
 * and one piece of the input.
 */
import { MAX_RECORD_BYTES, type Position } from './position.ts';
import type { Block, RawRecord } from './split-records.ts';

/** What is between the values is not as JSON has it, so that it cannot be told where the next one begins. */
export class BrokenJsonError extends Error {
  override readonly name = 'BrokenJsonError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(problem);
    this.line = line;
  }
}

/** Where it stands between two values. At a place to go on from, only the next byte tells whether that is within an array. */
type Place = 'unknown' | 'outside' | 'afterBracket' | 'afterComma' | 'afterElement';

/** A value that has begun. */
interface Open {
  readonly line: number;
  readonly isInArray: boolean;
  /** A number, true, false or null, which ends where something else begins. */
  readonly isLiteral: boolean;
  depth: number;
  isInString: boolean;
  isEscaped: boolean;
}

const [TAB, LF, CR, SPACE] = [0x09, 0x0a, 0x0d, 0x20];
const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];
const CTRL_Z = 0x1a;
const BYTE_ORDER_MARK = Buffer.from('\uFEFF');

/**
 * Cuts what it reads into blocks of values. A place to go on from is right behind a value.
 *
 * @param from - where the bytes begin
 * @throws BrokenJsonError and whatever reading throws
 */
export async function* splitJson(
  chunks: AsyncIterable<Buffer> | Iterable<Buffer>,
  from: Position,
): AsyncGenerator<Block> {
  let rest: Buffer = Buffer.alloc(0);
  let { offset, line } = from;
  let place: Place = 'unknown';
  let open: Open | undefined;
  let failure: BrokenJsonError | undefined;
  /** How far `rest` is read. */
  let at = 0;
  /** Where the open value begins in `rest`; undefined when it is too long and its beginning is dropped. */
  let start: number | undefined;

  function cut(isLast: boolean): readonly RawRecord[] {
    const records: RawRecord[] = [];
    const close = ({ line: begin, isInArray }: Open) => {
      const isKept = start !== undefined && at - start <= MAX_RECORD_BYTES;
      records.push({
        bytes: isKept ? rest.subarray(start, at) : undefined,
        line: begin,
        end: { offset: offset + at, line },
      });
      place = isInArray ? 'afterElement' : 'outside';
      open = undefined;
    };
    try {
      while (at < rest.length) {
        if (open) {
          if (!readValue(open)) break;
          close(open);
        } else if (!readBetween(isLast)) break;
      }
      if (isLast) {
        if (open?.isLiteral) close(open);
        if (open) throw new BrokenJsonError(open.line, 'the value that begins there has no end');
        if (place !== 'outside' && place !== 'unknown') throw new BrokenJsonError(line, 'the array has no end');
      }
    } catch (error) {
      if (error instanceof BrokenJsonError && records.length > 0) failure = error;
      else throw error;
    }
    return records;
  }

  /** Reads on in a value. Returns whether it has ended. */
  function readValue(value: Open): boolean {
    for (; at < rest.length; at++) {
      const byte = rest[at]!;
      if (value.isInString) {
        if (value.isEscaped) value.isEscaped = false;
        else if (byte === BACKSLASH) value.isEscaped = true;
        else if (byte === QUOTE) value.isInString = false;
        else if (byte === LF) throw new BrokenJsonError(line, 'a text has no closing quote on its line');
        if (value.isInString || value.depth > 0) continue;
        at++;
        return true;
      }
      if (value.isLiteral) {
        if (byte <= SPACE || byte === COMMA || byte === CLOSE_BRACKET || byte === CLOSE_BRACE) return true;
      } else if (byte === QUOTE) value.isInString = true;
      else if (byte === LF) line++;
      else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) value.depth++;
      else if (byte === CLOSE_BRACE || byte === CLOSE_BRACKET) {
        value.depth--;
        if (value.depth > 0) continue;
        at++;
        return true;
      }
    }
    return false;
  }

  /** Reads one byte between values, or begins one. Returns whether there is more to read. */
  function readBetween(isLast: boolean): boolean {
    const byte = rest[at]!;
    if (byte === LF) line++;
    if (byte === CTRL_Z && at === rest.length - 1) {
      if (isLast) at++;
      return isLast;
    }
    if (byte === LF || byte === SPACE || byte === TAB || byte === CR) {
      at++;
      return true;
    }
    if (byte === BYTE_ORDER_MARK[0] && (place === 'outside' || place === 'unknown')) {
      if (rest.length - at < BYTE_ORDER_MARK.length && !isLast) return false;
      if (!rest.subarray(at, at + 3).equals(BYTE_ORDER_MARK)) throw strange(byte);
      at += 3;
      return true;
    }
    if (place === 'unknown') place = byte === COMMA || byte === CLOSE_BRACKET ? 'afterElement' : 'outside';
    switch (place) {
      case 'afterElement':
        if (byte !== COMMA && byte !== CLOSE_BRACKET)
          throw new BrokenJsonError(line, 'a comma is missing in the array');
        place = byte === COMMA ? 'afterComma' : 'outside';
        at++;
        return true;
      case 'afterBracket':
        if (byte !== CLOSE_BRACKET) break;
        place = 'outside';
        at++;
        return true;
      case 'outside':
        if (byte !== OPEN_BRACKET) break;
        place = 'afterBracket';
        at++;
        return true;
      default:
    }
    if (byte === COMMA || byte === COLON || byte <= SPACE || byte === CLOSE_BRACKET || byte === CLOSE_BRACE)
      throw strange(byte);
    const isLiteral = byte !== QUOTE && byte !== OPEN_BRACE && byte !== OPEN_BRACKET;
    open = { line, isInArray: place !== 'outside', isLiteral, depth: 0, isInString: false, isEscaped: false };
    start = at;
    return true;
  }

  function strange(byte: number): BrokenJsonError {
    const character = byte < 0x7f && byte > SPACE ? String.fromCharCode(byte) : `byte 0x${byte.toString(16)}`;
    return new BrokenJsonError(line, `a value was expected, and there is ${character}`);
  }

  function* next(isLast: boolean): Generator<Block> {
    const records = cut(isLast);
    if (records.length > 0) yield { bytes: rest.subarray(0, at), records };
    if (failure) throw failure;
    if (open && start !== undefined && rest.length - start > MAX_RECORD_BYTES) start = undefined;
    const kept = open && start !== undefined ? start : at;
    rest = rest.subarray(kept);
    offset += kept;
    at -= kept;
    if (start !== undefined) start = open ? 0 : undefined;
  }

  for await (const chunk of chunks) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    yield* next(false);
  }
  yield* next(true);
}
