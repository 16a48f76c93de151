/** What an input is: CSV or JSON Lines, and where its users begin. */
import { extname } from 'node:path';
import type { MessageReader } from '../../contract/message/read-message.ts';
import type { UsersSchema } from '../../local/put-users/avro-schema.ts';
import { CommandError, UsageError } from '../failure.ts';
import { HeaderError, readColumns } from './column.ts';
import type { Input } from './input.ts';
import type { Position } from './position.ts';
import { readCsvBlock, readValues } from './read-csv.ts';
import { readJsonBlock } from './read-json-lines.ts';
import { NOT_UTF8, type RowDraft, unreadable } from './row.ts';
import { type Block, type RawRecord, splitRecords, UnendingRecordError } from './split-records.ts';

/** The formats that can be sent. */
export const FORMATS = ['csv', 'jsonl'] as const;
export type FormatName = (typeof FORMATS)[number];

/** How an input is read. */
export interface Format {
  readonly name: FormatName;
  /** Where the first user begins. */
  readonly start: Position;
  /** The byte between the values of a CSV record. */
  readonly delimiter: number | undefined;
  read(block: Block): readonly RowDraft[];
}

export interface FormatOptions {
  /** @default by the name of the file, or else by whether it begins like JSON */
  readonly format?: FormatName | undefined;
  /** What is between the values of a CSV file. @default a comma */
  readonly delimiter?: string | undefined;
  readonly schema?: UsersSchema | undefined;
  readonly readMessage: MessageReader;
}

/**
 * Finds out how to read an input.
 *
 * @throws CommandError when it is empty, in an encoding other than UTF-8, or has a header that cannot be used
 */
export async function recognize(input: Input, options: FormatOptions): Promise<Format> {
  const start = { offset: byteOrderMark(input), line: 1 };
  const name = options.format ?? nameOf(input, start.offset);
  if (name === 'jsonl') {
    if (options.delimiter !== undefined)
      throw new UsageError(`--delimiter is for CSV, and ${input.name} is JSON Lines.`);
    if (isBlank(input.head.subarray(start.offset))) throw empty(input);
    return { name, start, delimiter: undefined, read: (block) => readJsonBlock(block, options) };
  }
  const { delimiter = ',' } = options;
  const header = await firstRecord(input, start, delimiter);
  const columns = readHeader(input, header, delimiter, options.schema);
  const format = { columns, delimiter, readMessage: options.readMessage };
  return { name, start: header.end, delimiter: delimiter.charCodeAt(0), read: (block) => readCsvBlock(block, format) };
}

const BYTE_ORDER_MARK = Buffer.from('\uFEFF');
const OTHER_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** How many bytes the mark takes with which some programs begin a file. */
function byteOrderMark({ name, head }: Input): number {
  if (OTHER_MARKS.some((mark) => head.subarray(0, 2).equals(mark))) throw notUtf8(name, 'It begins as UTF-16 does.');
  return head.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
}

function notUtf8(name: string, why: string): CommandError {
  return new CommandError(`${name} is not UTF-8. ${why}`, {
    hint: 'Convert it, say with: iconv -f UTF-16 -t UTF-8 (or -f WINDOWS-1252, or whatever it is in).',
  });
}

function nameOf({ file, head }: Input, start: number): FormatName {
  const extension = file && extname(file.path).toLowerCase();
  if (extension === '.csv') return 'csv';
  if (extension === '.jsonl' || extension === '.ndjson') return 'jsonl';
  // No name in a header begins like this, and every message body does.
  return /^\s*\{/.test(head.toString('latin1', start, start + 4096)) ? 'jsonl' : 'csv';
}

async function firstRecord(input: Input, from: Position, delimiter: string): Promise<RawRecord> {
  const { head } = input;
  try {
    const pieces = [head.subarray(from.offset)];
    for await (const { records } of splitRecords(pieces, { from, delimiter: delimiter.charCodeAt(0) }))
      return records[0]!;
  } catch (error) {
    if (!(error instanceof UnendingRecordError)) throw error;
    throw new CommandError(`${input.name} has no header: the quote on line ${error.line} is never closed.`);
  }
  throw empty(input);
}

function readHeader(input: Input, header: RawRecord, delimiter: string, schema: UsersSchema | undefined) {
  const problem = unreadable(header);
  if (problem !== undefined) throw new CommandError(`${input.name} has no header: its first line ${problem}.`);
  const values = readValues(header.bytes!, delimiter);
  if ('problem' in values && values.problem === NOT_UTF8) throw notUtf8(input.name, 'Its header is not.');
  if ('problem' in values) throw new CommandError(`${input.name} has no header: its first line ${values.problem}.`);
  try {
    return readColumns(values, schema);
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    throw new CommandError(`${input.name}, line ${header.line}: ${error.message}`);
  }
}

function isBlank(bytes: Buffer): boolean {
  return bytes.toString('latin1').trim() === '';
}

function empty({ name }: Input): CommandError {
  return new CommandError(`${name} is empty.`, {
    hint: 'It takes CSV with a header, or JSON Lines with one message body a line.',
  });
}
