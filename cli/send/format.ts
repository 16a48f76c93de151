/** What an input is: CSV, JSON Lines or other JSON, and where its users begin. */
import { extname } from 'node:path';
import type { UsersSchema } from '../../contract/dataset/users-schema.ts';
import type { MessageReader } from '../../contract/message/read-message.ts';
import { CommandError, UsageError } from '../failure.ts';
import { HeaderError, readColumns } from './column.ts';
import { problemOfLines } from './header-hints.ts';
import type { Input } from './input.ts';
import { jsonLayoutOf } from './json-layout.ts';
import { seemsToBe, WHAT_CAN_BE_SENT } from './other-text.ts';
import type { Position } from './position.ts';
import { readCsvBlock, readValues } from './read-csv.ts';
import { readJsonBlock } from './read-json.ts';
import { NOT_UTF8, type RowDraft, unreadable } from './row.ts';
import { findSignature } from './signatures.ts';
import { splitJson } from './split-json.ts';
import { type Block, type RawRecord, splitRecords, UnendingRecordError } from './split-records.ts';

/** The formats that can be sent. */
export const FORMATS = ['csv', 'jsonl', 'json'] as const;
export type FormatName = (typeof FORMATS)[number];

/** How an input is read. */
export interface Format {
  readonly name: FormatName;
  /** Where the first user begins. */
  readonly start: Position;
  /** Cuts it into records, from the beginning of one on. */
  split(chunks: AsyncIterable<Buffer>, from: Position): AsyncIterable<Block>;
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
 * @throws CommandError when it is empty, holds no text in UTF-8, or has a header that cannot be used
 */
export async function recognize(input: Input, options: FormatOptions): Promise<Format> {
  const start = { offset: byteOrderMark(input), line: 1 };
  refuseOthers(input);
  const name = options.format ?? nameOf(input, start.offset);
  if (name !== 'csv') {
    if (options.delimiter !== undefined) throw new UsageError(`--delimiter is for CSV, and ${input.name} is JSON.`);
    if (isBlank(input.head.subarray(start.offset))) throw empty(input);
    const split: Format['split'] = name === 'json' ? splitJson : (chunks, from) => splitRecords(chunks, { from });
    return { name, start, split, read: (block) => readJsonBlock(block, options) };
  }
  const { delimiter = ',' } = options;
  const header = await firstRecord(input, start, delimiter);
  const { columns, names } = readHeader(input, header, delimiter, options.schema);
  const format = { columns, header: names, delimiter, readMessage: options.readMessage };
  return {
    name,
    start: header.end,
    split: (chunks, from) => splitRecords(chunks, { from, delimiter: delimiter.charCodeAt(0) }),
    read: (block) => readCsvBlock(block, format),
  };
}

function refuseOthers({ name, head }: Input): void {
  const found = findSignature(head);
  if (found) throw new CommandError(`${name} is ${found.is}.`, { hint: found.remedy.replaceAll('FILE', name) });
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

function nameOf({ file, head, name }: Input, start: number): FormatName {
  const extension = file && extname(file.path.replace(/\.gz$/i, '')).toLowerCase();
  const isNamedLines = extension === '.jsonl' || extension === '.ndjson';
  const layout = jsonLayoutOf(head.toString('latin1', start), isNamedLines);
  if (layout === undefined) return isNamedLines ? 'jsonl' : 'csv';
  const format = layout === 'lines' ? 'jsonl' : 'json';
  if (extension !== '.csv') return format;
  throw new CommandError(`${name} is called CSV, and begins as JSON does.`, { hint: `Give --format ${format}.` });
}

async function firstRecord(input: Input, from: Position, delimiter: string): Promise<RawRecord> {
  const { head } = input;
  try {
    const pieces = [head.subarray(from.offset)];
    for await (const { records } of splitRecords(pieces, { from, delimiter: delimiter.charCodeAt(0) }))
      return records[0]!;
  } catch (error) {
    if (!(error instanceof UnendingRecordError)) throw error;
    throw (
      noUsers(input) ??
      new CommandError(`${input.name} has no header: the quote on line ${error.line} is never closed.`)
    );
  }
  throw empty(input);
}

function readHeader(input: Input, header: RawRecord, delimiter: string, schema: UsersSchema | undefined) {
  const lines = problemOfLines((header.bytes ?? input.head).toString('utf8'), input.name);
  if (lines) throw new CommandError(`${input.name} cannot be read as CSV. ${lines.problem}`, { hint: lines.remedy });
  const problem = unreadable(header);
  if (problem !== undefined) {
    throw noUsers(input) ?? new CommandError(`${input.name} has no header: its first line ${problem}.`);
  }
  const values = readValues(header.bytes!, delimiter);
  if ('problem' in values && values.problem === NOT_UTF8) throw notUtf8(input.name, 'Its header is not.');
  if ('problem' in values) {
    throw noUsers(input) ?? new CommandError(`${input.name} has no header: its first line ${values.problem}.`);
  }
  try {
    return { columns: readColumns(values, schema), names: values };
  } catch (error) {
    if (!(error instanceof HeaderError)) throw error;
    const problem = `${input.name}, line ${header.line}: ${error.message}`;
    throw noUsers(input) ?? new CommandError(problem, { hint: hintForColumn(values, delimiter) });
  }
}

/** For a header of one column: it is hardly what was meant. */
function hintForColumn([name, ...others]: readonly string[], delimiter: string): string | undefined {
  if (name === undefined || others.length > 0) return undefined;
  const isCommas = delimiter !== ',' && name.includes(',');
  return isCommas ? 'Are the values separated by commas? Then leave --delimiter out.' : WHAT_CAN_BE_SENT;
}

/** For a text that cannot be read, and seems to be something else than a list of users. */
function noUsers({ name, head }: Input): CommandError | undefined {
  const like = seemsToBe(name, head.toString('utf8', 0, 4_096));
  return like === undefined
    ? undefined
    : new CommandError(`${name} looks like ${like}. It is no CSV with a header, and no JSON.`, {
        hint: WHAT_CAN_BE_SENT,
      });
}

function isBlank(bytes: Buffer): boolean {
  return bytes.toString('latin1').trim() === '';
}

function empty({ name }: Input): CommandError {
  return new CommandError(`${name} is empty.`, {
    hint: WHAT_CAN_BE_SENT,
  });
}
