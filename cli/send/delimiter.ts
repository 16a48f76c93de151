/** The value of `--delimiter`. */
import { InvalidArgumentError } from 'commander';

/** Reads it: one character of one byte, or `tab`. */
export function readDelimiter(text: string): string {
  const delimiter = text === 'tab' || text === '\\t' ? '\t' : text;
  if (/^[^\n\r"A-Za-z0-9_]$/.test(delimiter) && Buffer.byteLength(delimiter) === 1) return delimiter;
  throw new InvalidArgumentError('It takes one character, such as ; or tab, and no quote, letter or digit.');
}
