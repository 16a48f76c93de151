/**
 * JSON in which a number that a double cannot hold, such as the 64-bit 9007199254740993, survives being read and
 * written again. `JSON.parse` alone would round it without a word.
 */

/** A number kept as the text that it was written with. `JSON.stringify` writes that text. */
export interface ExactNumber {
  readonly rawJSON: string;
}

interface JsonWithSource {
  parse(text: string, reviver: (key: string, value: unknown, context: { source?: string }) => unknown): unknown;
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
}

const json = JSON as unknown as JsonWithSource;

/** Whether a value is a number that {@link parseExactly} kept as text. */
export const isExactNumber = json.isRawJSON;

/** Whether `JSON.parse` read this number without loss: any fraction (a double is the finest type there is), or a safe integer. */
export function isReadExactly(number: number): boolean {
  return Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number));
}

/**
 * Reads JSON and keeps each number as an {@link ExactNumber} that was rounded, or would not print as it was written.
 * Several times slower than `JSON.parse`.
 *
 * @throws SyntaxError when the text is not JSON
 * @throws RangeError when it is nested too deeply to be walked
 */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_key, value, { source }) => {
    if (typeof value !== 'number' || source === undefined) return value;
    return isReadExactly(value) && String(value) === source ? value : json.rawJSON(source);
  });
}
