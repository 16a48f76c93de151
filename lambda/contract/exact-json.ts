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
