/** A place between two records of the input, and how the records are told. */

/** Where a record begins, or the input ends. */
export interface Position {
  /** Bytes before it. */
  readonly offset: number;
  /** The line it is on, from 1. */
  readonly line: number;
}

/** The largest record, in bytes: that of a message, so that nothing larger could be sent anyway. Source: SQS quotas. */
export const MAX_RECORD_BYTES = 1_048_576;
