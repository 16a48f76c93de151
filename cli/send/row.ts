/** What one record of the input asks for, and where it stood. */
import type { Misfit } from '../../contract/dataset/misfits.ts';
import type { Draft } from '../../producer/pack.ts';
import { MAX_RECORD_BYTES, type Position } from './position.ts';
import type { RawRecord } from './split-records.ts';

/** Where a user comes from. */
export interface Row {
  /** The line on which the record begins. */
  readonly line: number;
  /** The text to repair and send again: the record, or the one user of it; none if it is too long. */
  readonly text: Buffer | string | undefined;
  /** Where to go on once this is settled; only for the last user of a record. */
  readonly end: Position | undefined;
  /** Why PutUsers may refuse it, by the dataset's schema. @default it fits, or no schema is known */
  readonly misfits?: readonly Misfit[] | undefined;
}

/** A user, or why there is none. */
export type RowDraft = Draft<Row>;

/** What is said of what cannot be sent. */
export const CODES = { record: 'UnreadableRecord', value: 'InvalidValue' } as const;

/** Makes the row of a record that holds one user. */
export function rowOf({ line, bytes, end }: RawRecord): Row {
  return { line, text: bytes, end };
}

/** Refuses a record as a whole. */
export function refuseRecord(record: RawRecord, message: string, code: string = CODES.record): RowDraft {
  const bytes = record.bytes?.length ?? 0;
  return { kind: 'refused', input: rowOf(record), reason: { code, message }, bytes };
}

/** The reason for which nothing of a record can be read at all, if there is one. */
export function unreadable({ bytes }: RawRecord): string | undefined {
  if (bytes === undefined) return `has more than ${MAX_RECORD_BYTES} bytes, the most that a message takes`;
  return undefined;
}

/** Why a record cannot be read that is in another encoding. */
export const NOT_UTF8 = 'is not UTF-8';
