/** Finds the name that someone meant when they typed another. */

/** A part of our names that people leave out, shorten or write another way. */
const UNIT = /(in)?(seconds?|secs?|days?|mib|mb)$/;

/**
 * The name that a misspelt one is closest to, if it is close: about three letters in four are right. Case, punctuation
 * and units do not count, so that `TIMEOUT` and `timeout-in-secs` both mean `timeoutInSeconds`.
 */
export function nearestName<Name extends string>(typed: string, names: readonly Name[]): Name | undefined {
  const word = stem(typed);
  const [nearest] = names
    .map((name) => ({ name, meant: stem(name) }))
    // Of words so unlike in length the letters need not be compared, which takes long for a long word.
    .filter(({ meant }) => Math.abs(word.length - meant.length) <= mostWrong(meant))
    .map(({ name, meant }) => ({ name, meant, distance: distance(word, meant) }))
    .filter(({ meant, distance }) => distance <= mostWrong(meant))
    .sort((one, other) => one.distance - other.distance);
  return nearest?.name;
}

/** Letters that may be wrong: never all of them, or any letter would be near to any other. */
function mostWrong(word: string): number {
  return Math.min(Math.ceil(word.length / 4), word.length - 1);
}

function stem(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z]/g, '')
    .replace(UNIT, '');
}

/** Letters to insert, delete or replace to turn one word into another (Levenshtein). */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let index = 0; index < one.length; index++) row = nextRow(row, index + 1, one[index]!, other);
  return row[other.length]!;
}

function nextRow(above: readonly number[], first: number, letter: string, other: string): number[] {
  const row = [first];
  for (let column = 0; column < other.length; column++) {
    const replaced = above[column]! + (letter === other[column] ? 0 : 1);
    row.push(Math.min(replaced, above[column + 1]! + 1, row[column]! + 1));
  }
  return row;
}
