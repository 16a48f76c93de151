/** Numbers by the text that they are written with: a double would round those of 64 bits. */

const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?(e[-+]?\d+)?$/i;

/** Whether JSON writes numbers so. The API reference's own example sends one in a string: `{"numberOfVideosWatched": "45"}`. */
export function isJsonNumber(text: string): boolean {
  return JSON_NUMBER.test(text);
}

/** Whether some parser reads a text as a whole number, or one with a fraction: `1,000`, `031`, `+31`, `31.`, `.5`, `31L`, `0x1F`. */
export function isOtherNumber(text: string): boolean {
  const bare = text.trim();
  return (
    /^[-+]?(\d[\d\s,_'’]*\.?\d*|\.\d+)(e[-+]?\d+)?[dfl]?$/i.test(bare) ||
    /^[-+]?0(x[\da-f]+|o[0-7]+|b[01]+)$/i.test(bare)
  );
}

/** Whether some parser reads a text as a number that is none, or has no end. */
export function isNotFinite(text: string): boolean {
  return /^[-+]?(nan|inf(inity)?)$/i.test(text.trim());
}

/** No whole number of 64 bits has more digits. */
const MAX_DIGITS = 19;

/**
 * The whole number that a JSON number stands for, exactly; undefined if it has a fraction, or is far beyond 64 bits.
 *
 * @param text - as {@link isJsonNumber} takes it
 */
export function wholeNumberIn(text: string): bigint | undefined {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.split('.');
  const digits = BigInt(whole + fraction);
  if (digits === 0n) return 0n;
  const scale = Number(exponent) - fraction.length;
  if (scale >= 0) return scale < MAX_DIGITS ? digits * 10n ** BigInt(scale) : undefined;
  if (-scale > mantissa.length) return undefined;
  const divisor = 10n ** BigInt(-scale);
  return digits % divisor === 0n ? digits / divisor : undefined;
}

/** Whether a signed whole number has so many bits at most. */
export function hasBits(bits: 32 | 64, number: bigint): boolean {
  const limit = 1n << BigInt(bits - 1);
  return -limit <= number && number < limit;
}
