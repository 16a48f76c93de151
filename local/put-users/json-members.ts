/**
 * The members of a JSON object as they are written: `JSON.parse` rounds numbers, and at times takes one name for another
 * (nodejs/node#63785).
 */

/** A string; a bracket; a number, true, false or null. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]|[^\s[\]{},:"]+/g;

/**
 * The text of each member's value, or the bracket with which it begins. Of two members with one name it is the last.
 *
 * @param text an object, as `JSON.parse` takes it
 */
export function membersOf(text: string): ReadonlyMap<string, string> {
  const tokens = text.match(TOKEN) ?? [];
  const members = new Map<string, string>();
  for (let at = 1; at < tokens.length - 1; at = endOfValue(tokens, at + 1)) {
    members.set(JSON.parse(tokens[at]!) as string, tokens[at + 1]!);
  }
  return members;
}

function endOfValue(tokens: readonly string[], start: number): number {
  let depth = 0;
  for (let at = start; ; at++) {
    if (tokens[at] === '{' || tokens[at] === '[') depth++;
    if (tokens[at] === '}' || tokens[at] === ']') depth--;
    if (depth === 0) return at + 1;
  }
}
