/** Headers in the middle of a file, where files were put one after another. */
import { isSpelledUserId } from './header-hints.ts';

/** A header that has other columns than the first one: what follows it would be read into the wrong ones. */
export class OtherHeaderError extends Error {
  override readonly name = 'OtherHeaderError';
  readonly line: number;

  constructor(line: number) {
    super('is another header, with other columns');
    this.line = line;
  }
}

/** Whether there may be a header among records. Sure if it says no. */
export function mayHoldHeader(block: Buffer): boolean {
  return /user[^a-z0-9]{0,6}id/i.test(block.toString('latin1'));
}

/** What a record is, as to headers: none, the first one again, in whatever spelling, or another one. */
export function headerIn(values: readonly string[], header: readonly string[]): 'none' | 'same' | 'other' {
  if (!values.some(isSpelledUserId)) return 'none';
  const [names, first] = [values.map(plain), header.map(plain)];
  if (names.length === first.length && names.every((name, index) => name === first[index])) return 'same';
  // Somebody may be called like that: then what is beside it is no row of names.
  return values.every((value) => /^[\p{L}_][\p{L}\p{N}_ -]*$/u.test(value.replace(/^\uFEFF/, ''))) ? 'other' : 'none';
}

function plain(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
