/** Numbers by their digits: a double would round the larger ones of 64 bits. */

/** A number as JSON has it. */
export const JSON_NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** More digits than any number of 64 bits has. */
const TOO_MANY_DIGITS = 20;

/** What a number is, as a whole one. */
export type Whole =
  | { readonly kind: 'whole'; readonly value: bigint }
  /** It is beyond 64 bits by far. */
  | { readonly kind: 'huge' }
  | { readonly kind: 'fraction' };

/**
 * The whole number that a text stands for: 31 is also written `31.0` and `3.1e1`.
 *
 * @param text - a number as JSON has it
 */
export function wholeOf(text: string): Whole {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = PARTS.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (digits === '') return { kind: 'whole', value: 0n };
  const significant = digits.slice(0, lengthWithoutZeros(digits));
  const zeros = Number(exponent) - fraction.length + digits.length - significant.length;
  if (zeros < 0) return { kind: 'fraction' };
  if (significant.length + zeros > TOO_MANY_DIGITS) return { kind: 'huge' };
  return { kind: 'whole', value: BigInt(sign + significant + '0'.repeat(zeros)) };
}

/** A regular expression would take long for a row of zeros that is not the end. */
function lengthWithoutZeros(digits: string): number {
  let length = digits.length;
  while (digits[length - 1] === '0') length--;
  return length;
}

/** Whether a whole number fits into so many bits, one of them for the sign. */
export function fitsInto(bits: 32 | 64, whole: Whole): whole is Extract<Whole, { kind: 'whole' }> {
  return whole.kind === 'whole' && BigInt.asIntN(bits, whole.value) === whole.value;
}
