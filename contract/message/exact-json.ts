/**
 * JSON read with all that its text says. `JSON.parse` alone drops some of it without a word: it rounds the 64-bit
 * 9007199254740993, keeps only the last of two members with one name, and at times takes one name for another.
 */
import { countLikelyMembers, elementsIn, membersIn, type Span } from './json-source.ts';

/** A number kept as the text that it was written with. `JSON.stringify` writes that text. */
export interface ExactNumber {
  readonly rawJSON: string;
}

interface JsonWithSource {
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
}

const json = JSON as unknown as JsonWithSource;

/** A number by the text that it is to be written with. */
export function exactNumber(text: string): ExactNumber {
  return json.rawJSON(text);
}

/** Whether a value is a number that {@link readExactly} kept as text. */
export const isExactNumber = json.isRawJSON;

/**
 * Whether `JSON.parse` read this number without loss, and `JSON.stringify` will write it without: any fraction (a double
 * is the finest type there is), or a safe integer other than -0.
 */
export function isReadExactly(number: number): boolean {
  return (
    (Number.isSafeInteger(number) && !Object.is(number, -0)) || (Number.isFinite(number) && !Number.isInteger(number))
  );
}

/**
 * Whether `JSON.parse` has surely found every member of a text, by its name: none was given twice, and none was misnamed.
 * Now and then it is not sure though all is well, and then {@link readExactly} finds out.
 *
 * V8 mistakes a name that holds an escape, such as `"\n"`, for one that holds a backslash at its place, such as
 * `"\\"`, if it has seen the latter before (nodejs/node#63785). So no name with a backslash is trusted.
 *
 * @param objects - all objects of the parsed value
 */
export function hasFoundAllMembers(text: string, objects: readonly object[]): boolean {
  const mayHoldBackslashes = text.includes('\\');
  let expected = 0;
  for (const object of objects) {
    const names = Object.keys(object);
    if (mayHoldBackslashes && names.some((name) => name.includes('\\'))) return false;
    expected += names.length;
  }
  return countLikelyMembers(text) === expected;
}

/**
 * Whether a text may hold a number other than 0 that `JSON.parse` reads as 0, such as 1e-400. A double goes down to 5e-324:
 * to get below, it takes an exponent of three digits, or very many zeros. Now and then a text or an exponent only looks like it.
 */
export function mayHoldTinyNumbers(text: string): boolean {
  for (let at = text.indexOf('-'); at !== -1; at = text.indexOf('-', at + 1)) {
    const before = text[at - 1];
    if ((before === 'e' || before === 'E') && THREE_DIGITS.test(text.slice(at + 1, at + 4))) return true;
  }
  return text.includes(MANY_ZEROS);
}

const THREE_DIGITS = /^\d{3}$/;
const MANY_ZEROS = '0'.repeat(200);

/** Whether a number that is kept as text is other than 0, and would be 0 as a double. */
export function isTooSmall({ rawJSON }: ExactNumber): boolean {
  return Number(rawJSON) === 0 && /^[^eE]*[1-9]/.test(rawJSON);
}

/**
 * Reads a part of a text that is JSON, and keeps each number as an {@link ExactNumber} that was rounded, or would not
 * print as it was written. Several times slower than `JSON.parse`.
 *
 * @param levels - how deep to read; an object or array below that is left empty
 */
export function readExactly(text: string, span: Span, levels: number): unknown {
  switch (text[span.start]) {
    case '{': {
      const members = levels === 0 ? [] : membersIn(text, span);
      return Object.fromEntries(members.map(({ name, value }) => [name, readExactly(text, value, levels - 1)]));
    }
    case '[': {
      const elements = levels === 0 ? [] : elementsIn(text, span);
      return elements.map((element) => readExactly(text, element, levels - 1));
    }
    default:
      return readScalar(text.slice(span.start, span.end));
  }
}

function readScalar(source: string): unknown {
  const value: unknown = JSON.parse(source);
  if (typeof value !== 'number') return value;
  return isReadExactly(value) && String(value) === source ? value : json.rawJSON(source);
}
