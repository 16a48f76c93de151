/** Which dead letters a command is about. */
import { type Letter, reasonOf } from '../../aws/sqs/letter.ts';

export interface Selection {
  /** Only letters of these codes. @default all */
  readonly errorCodes?: readonly string[] | undefined;
  /** Only letters that came at this time or later, in milliseconds since the epoch. @default all */
  readonly since?: number | undefined;
}

/** Whether a letter is meant. */
export function isSelected(letter: Letter, { errorCodes, since }: Selection): boolean {
  if (since !== undefined && letter.sentAt < since) return false;
  return errorCodes === undefined || errorCodes.includes(reasonOf(letter).code);
}

/** Whether every letter is meant. */
export function selectsAll({ errorCodes, since }: Selection): boolean {
  return errorCodes === undefined && since === undefined;
}

const UNITS_IN_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** A date, perhaps with a time, as ISO 8601 has it. A date alone is one of UTC. */
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/**
 * Reads a point in time: `2h` is two hours before now.
 *
 * @param now - in milliseconds since the epoch
 * @returns milliseconds since the epoch, or undefined when the text is neither a duration nor a time
 */
export function readSince(text: string, now: number): number | undefined {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (amount && unit) return now - Number(amount) * UNITS_IN_SECONDS[unit]! * 1000;
  const time = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}
