/** Users from JSON: each line or value is a message body of the contract, one user or `{"users": [...]}`. */
import { isUtf8 } from 'node:buffer';
import type { MessageReader, UserReading } from '../../contract/message/read-message.ts';
import { writeUser } from '../../contract/message/write-message.ts';
import { NOT_UTF8, type RowDraft, refuseRecord, unreadable } from './row.ts';
import type { Block, RawRecord } from './split-records.ts';

/** How JSON is read. */
export interface JsonFormat {
  readonly readMessage: MessageReader;
}

/** Reads the records of a block. */
export function readJsonBlock({ records }: Block, format: JsonFormat): RowDraft[] {
  return records.flatMap((record) => readRecord(record, format));
}

function readRecord(record: RawRecord, { readMessage }: JsonFormat): readonly RowDraft[] {
  const problem = unreadable(record);
  if (problem !== undefined) return [refuseRecord(record, `the record ${problem}`)];
  if (!isUtf8(record.bytes!)) return [refuseRecord(record, `the record ${NOT_UTF8}`)];
  const reading = readMessage(record.bytes!.toString('utf8'));
  if (reading.kind === 'invalid') return [refuseRecord(record, reading.reason.message, reading.reason.code)];

  const last = reading.users.length - 1;
  return reading.users.map((user, index): RowDraft => {
    // Where to go on is after the last of them: the record is read as a whole, or not at all.
    const text = reading.packed ? textOfUser(user) : record.bytes;
    const input = { line: record.line, text, end: index === last ? record.end : undefined };
    if (user.kind === 'invalid') return { kind: 'refused', input, reason: user.reason, bytes: user.body.length };
    return { kind: 'user', input: { ...input, misfits: user.misfits }, user: user.user, version: user.version };
  });
}

/** A user that came with others, alone. */
function textOfUser(user: UserReading): string {
  return user.kind === 'invalid' ? user.body : writeUser(user.user, user.version);
}
