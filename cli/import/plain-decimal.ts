/** Numbers as digits alone: 1e3 is 1000. Every reader of CSV takes that, and no page says that they take an exponent. */

const PARTS = /^(-?)(\d+)(?:\.(\d+))?[eE]([+-]?\d+)$/;

/**
 * Writes a number without an exponent, digit for digit.
 *
 * @param text - a number as JSON has it, within the range of a double
 */
export function plainDecimal(text: string): string {
  const parts = PARTS.exec(text);
  if (!parts) return text;
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts;
  const digits = whole + fraction;
  // 0e999999999 is a number, too.
  if (/^0*$/.test(digits)) return `${sign}0`;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  const before = digits
    .slice(0, point)
    .padEnd(point, '0')
    .replace(/^0+(?=\d)/, '');
  const after = digits.slice(point);
  return `${sign}${before}${after === '' ? '' : `.${after}`}`;
}
