/** Users from CSV (RFC 4180): one a record, its values named by the header. */
import { isUtf8 } from 'node:buffer';
import { CsvError, parse } from 'csv-parse/sync';
import type { MessageReader } from '../../contract/message/read-message.ts';
import type { Columns } from './column.ts';
import { headerIn, mayHoldHeader, OtherHeaderError } from './header-again.ts';
import { CODES, NOT_UTF8, type RowDraft, refuseRecord, rowOf, unreadable } from './row.ts';
import type { Block, RawRecord } from './split-records.ts';

/** How a CSV file is read. */
export interface CsvFormat {
  readonly columns: Columns;
  /** The names as they stand in the file. */
  readonly header: readonly string[];
  /** One character of one byte. */
  readonly delimiter: string;
  readonly readMessage: MessageReader;
}

/**
 * Reads the records of a block: at once, or, where anything is off, each by itself. Those of empty values alone are skipped.
 *
 * @throws OtherHeaderError when one of them is a header of other columns
 */
export function readCsvBlock(block: Block, format: CsvFormat): RowDraft[] {
  const parsed = tryParse(block.bytes, format.delimiter);
  const isEachThere = parsed.kind === 'rows' && parsed.rows.length === block.records.length;
  const mayBeHeader = mayHoldHeader(block.bytes);
  const drafts: RowDraft[] = [];
  for (const [index, record] of block.records.entries()) {
    const draft =
      isEachThere && record.bytes
        ? readRow(record, parsed.rows[index]!, format, mayBeHeader)
        : readRecord(record, format, mayBeHeader);
    if (draft) drafts.push(draft);
  }
  return drafts;
}

/**
 * Reads the values of one record.
 *
 * @returns why it cannot be read, instead, as what comes after "the record"
 */
export function readValues(bytes: Buffer, delimiter: string): readonly string[] | { readonly problem: string } {
  const parsed = tryParse(bytes, delimiter);
  if (parsed.kind === 'problem') return parsed;
  return parsed.rows.length === 1 ? parsed.rows[0]! : { problem: 'is no record of CSV' };
}

function readRecord(record: RawRecord, format: CsvFormat, mayBeHeader: boolean): RowDraft | undefined {
  const problem = unreadable(record);
  if (problem !== undefined) return refuseRecord(record, `the record ${problem}`);
  const values = readValues(record.bytes!, format.delimiter);
  if ('problem' in values) return refuseRecord(record, `the record ${values.problem}`);
  return readRow(record, values, format, mayBeHeader);
}

function readRow(
  record: RawRecord,
  values: readonly string[],
  { columns, header, delimiter, readMessage }: CsvFormat,
  mayBeHeader: boolean,
): RowDraft | undefined {
  if (mayBeHeader) {
    const found = headerIn(values, header);
    if (found === 'same')
      return refuseRecord(record, 'the record is the header again, as where files are put together');
    if (found === 'other') throw new OtherHeaderError(record.line);
  }
  if (values[0]?.charCodeAt(0) === BYTE_ORDER_MARK) {
    return refuseRecord(record, 'the record begins with a byte order mark (\\ufeff), as where files are put together');
  }
  if (values.length !== columns.length) {
    if (isOnlyDelimiters(record.bytes!, delimiter)) return undefined;
    return refuseRecord(record, `the record has ${values.length} values, and the header ${columns.length} names`);
  }
  let userId = '';
  const members: string[] = [];
  for (const [index, column] of columns.entries()) {
    const text = values[index]!;
    if (column === 'userId') userId = text;
    else if (text !== '') {
      const cell = column.read(text);
      if (cell.kind === 'problem')
        return refuseRecord(record, `properties.${column.name}: ${cell.problem}`, CODES.value);
      members.push(column.key + cell.json);
    }
  }
  if (userId === '' && members.length === 0 && isOnlyDelimiters(record.bytes!, delimiter)) return undefined;
  const properties = members.length === 0 ? '' : `,"properties":{${members.join(',')}}`;
  const reading = readMessage(`{"userId":${JSON.stringify(userId)}${properties}}`);
  if (reading.kind === 'invalid') return refuseRecord(record, reading.reason.message, reading.reason.code);
  const [user] = reading.users;
  if (user?.kind !== 'valid') return refuseRecord(record, 'the record holds no user');
  return { kind: 'user', input: { ...rowOf(record), misfits: user.misfits }, user: user.user };
}

const BYTE_ORDER_MARK = 0xfeff;

/** Such as `,,`, which spreadsheets write below the last row. */
function isOnlyDelimiters(bytes: Buffer, delimiter: string): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte === delimiter.charCodeAt(0));
}

type Parsed =
  | { readonly kind: 'rows'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'problem'; readonly problem: string };

function tryParse(bytes: Buffer, delimiter: string): Parsed {
  if (!isUtf8(bytes)) return { kind: 'problem', problem: NOT_UTF8 };
  try {
    const rows = parse(bytes, {
      delimiter,
      bom: false,
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
      skip_empty_lines: true,
    });
    return { kind: 'rows', rows };
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    return { kind: 'problem', problem: PROBLEMS[error.code] ?? `cannot be read as CSV: ${error.message}` };
  }
}

const PROBLEMS: Readonly<Partial<Record<string, string>>> = {
  CSV_QUOTE_NOT_CLOSED: 'has a quote that is opened and not closed',
  CSV_INVALID_CLOSING_QUOTE:
    'has a value that goes on after its closing quote; a quote within a value is written twice',
  INVALID_OPENING_QUOTE:
    'has a quote within a value that is not quoted: put the whole value in quotes, and write the quote twice',
};
