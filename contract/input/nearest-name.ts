/** Finds the name that someone meant when they typed another. */

/** A part of our names that people leave out, shorten or write another way. */
const UNIT = /(in)?(seconds?|secs?|days?|mib|mb)$/;

/**
 * The name that a misspelt one is closest to, if it is close: about three letters in four are right. Case, punctuation
 * and units do not count, so that `TIMEOUT` and `timeout-in-secs` both mean `timeoutInSeconds`.
 */
export function nearestName<Name extends string>(typed: string, names: readonly Name[]): Name | undefined {
  const [nearest] = names
    .map((name) => ({ name, distance: distance(stem(typed), stem(name)) }))
    .filter(({ name, distance }) => distance <= Math.ceil(stem(name).length / 4))
    .sort((one, other) => one.distance - other.distance);
  return nearest?.name;
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
  for (const [index, letter] of [...one].entries()) {
    row = nextRow(row, index + 1, letter, other);
  }
  return row[other.length]!;
}

function nextRow(above: readonly number[], first: number, letter: string, other: string): number[] {
  const row = [first];
  for (const [column, otherLetter] of [...other].entries()) {
    const replaced = above[column]! + (letter === otherLetter ? 0 : 1);
    row.push(Math.min(replaced, above[column + 1]! + 1, row[column]! + 1));
  }
  return row;
}
