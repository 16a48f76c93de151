/**
 * Which of two records of one user is the newer: each has a version, which the producer gives, or else the time at which the
 * record was sent.
 */
import { isExactNumber, isReadExactly } from './exact-json.ts';

/** A version as the producer gave it. */
export interface GivenVersion {
  /** As JSON. */
  readonly text: string;
  readonly order: VersionOrder;
}

/**
 * What versions are compared by: millionths. A whole number counts as it is, a time as the milliseconds since 1970 that it
 * is, to the nanosecond; so a time given and a `SentTimestamp` compare as times.
 */
export type VersionOrder = bigint;

/** The largest whole number that is a version: 64 bits, without a sign. */
export const MAX_VERSION = 2n ** 64n - 1n;

const MILLIONTHS = 1_000_000n;

/** The version of a record that was sent at a time, in milliseconds since the epoch. */
export function versionOfTime(milliseconds: number): VersionOrder {
  return BigInt(milliseconds) * MILLIONTHS;
}

/** A version, or what is wrong with it. */
export type VersionReading =
  | { readonly kind: 'version'; readonly version: GivenVersion }
  | { readonly kind: 'problem'; readonly problem: string };

/** Reads the member `version`, as `JSON.parse` or `readExactly` has it. */
export function readVersion(value: unknown): VersionReading {
  switch (typeof value) {
    case 'number':
      return isReadExactly(value) ? readWhole(String(value)) : wrong('is a number that would lose digits');
    case 'string':
      return readTime(value);
    default:
      return isExactNumber(value) ? readWhole(value.rawJSON) : wrong(TAKES);
  }
}

const TAKES = `must be a whole number from 0 to ${MAX_VERSION}, or a time like "2026-11-26T09:30:00.123Z"`;

function readWhole(text: string): VersionReading {
  // 1e3 and 7.0 are whole numbers, too.
  const digits = Number.isSafeInteger(Number(text)) ? String(Number(text)) : text;
  if (!/^\d{1,20}$/.test(digits)) return wrong(TAKES);
  const whole = BigInt(digits);
  return whole > MAX_VERSION ? wrong(TAKES) : { kind: 'version', version: { text: digits, order: whole * MILLIONTHS } };
}

/** The form of RFC 3339, which is ISO 8601 with date, time and zone. */
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

function readTime(text: string): VersionReading {
  if (/^\d+$/.test(text)) return wrong('is a whole number written as a string: leave out the quotes');
  const [, seconds, fraction = '', zone] = TIME.exec(text) ?? [];
  if (seconds === undefined) return wrong(TAKES);
  // A day that there is not, such as February 30, comes out as another.
  const isThere = isTime(`${seconds}Z`) && new Date(`${seconds}Z`).toISOString().startsWith(seconds);
  const milliseconds = isThere ? Date.parse(`${seconds}${zone}`) : Number.NaN;
  if (!(milliseconds >= 0)) return wrong(isThere ? 'is a time before 1970' : 'is a time that there is not');
  const nanoseconds = BigInt(fraction.padEnd(9, '0'));
  return {
    kind: 'version',
    version: { text: JSON.stringify(text), order: versionOfTime(milliseconds) + nanoseconds },
  };
}

function isTime(text: string): boolean {
  return !Number.isNaN(Date.parse(text));
}

function wrong(problem: string): VersionReading {
  return { kind: 'problem', problem };
}

/** The JSON Schema of the member. */
export const VERSION_JSON_SCHEMA = {
  description:
    'Which record of a user is the newer, for deployments with `orderGuard`: a whole number, or a time. Without one it is the time at which the message was sent.',
  anyOf: [
    { type: 'integer', minimum: 0, maximum: Number(MAX_VERSION) },
    // Not the format `date-time`, which some validators do not know, and then refuse the schema.
    { type: 'string', pattern: TIME.source },
  ],
};

/**
 * The message attribute that says how old a record is whose body does not: what a dead letter keeps of the version that it
 * had. A number of milliseconds since the epoch; of a record with a version of its own, that.
 */
export const RECORD_VERSION_ATTRIBUTE = 'RecordVersion';

/** Writes the value of the attribute: a decimal number. */
export function writeRecordVersion(order: VersionOrder): string {
  const millionths = (order % MILLIONTHS).toString().padStart(6, '0').replace(/0+$/, '');
  return `${order / MILLIONTHS}${millionths === '' ? '' : `.${millionths}`}`;
}

/** Reads the value of the attribute; undefined if it is not what {@link writeRecordVersion} writes. */
export function parseRecordVersion(text: string | undefined): VersionOrder | undefined {
  const [, whole, fraction = ''] = /^(\d{1,20})(?:\.(\d{1,6}))?$/.exec(text ?? '') ?? [];
  if (whole === undefined || BigInt(whole) > MAX_VERSION) return undefined;
  return BigInt(whole) * MILLIONTHS + BigInt(fraction.padEnd(6, '0'));
}
