/** How JSON is laid out in a file: a value a line, or values that go over lines, follow each other, or are in an array. */

/** `lines` is JSON Lines; `values` is any other JSON. */
export type JsonLayout = 'lines' | 'values';

/**
 * Tells how the beginning of a file is laid out; undefined if it is no JSON. A bad line is no reason to take JSON Lines for
 * something else: then one line would cost all others.
 *
 * @param isNamedLines - whether the name of the file says that it is JSON Lines
 */
export function jsonLayoutOf(text: string, isNamedLines: boolean): JsonLayout | undefined {
  const trimmed = text.trimStart();
  if (!trimmed.startsWith('{') && !trimmed.startsWith('[')) return undefined;
  const end = trimmed.indexOf('\n');
  if (end === -1) return trimmed.startsWith('[') || isFollowedByAnother(trimmed) ? 'values' : 'lines';
  const line = trimmed.slice(0, end).trimEnd();
  const next = trimmed.slice(end).trimStart()[0];
  if (line.startsWith('[')) return isNamedLines && isJson(line) && next !== undefined ? 'lines' : 'values';
  if (isJson(line)) return 'lines';
  return isFollowedByAnother(line) || goesOn(line, next) ? 'values' : 'lines';
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Such as `{"userId":"a"}{"userId":"b"}`. */
function isFollowedByAnother(line: string): boolean {
  const { end } = scan(line);
  return end !== undefined && /^\s*[{[]/.test(line.slice(end)) && isJson(line.slice(0, end));
}

/** Whether a line that is not all of a value is followed by what can go on with it. */
function goesOn(line: string, next: string | undefined): boolean {
  const { open, isInString, end } = scan(line);
  if (end !== undefined || isInString || next === undefined) return false;
  const last = line.at(-1)!;
  if (last === '{') return next === '"' || next === '}';
  if (last === '[') return true;
  if (last === ':') return next !== '}' && next !== ']' && next !== ',';
  if (last === ',') return open === '[' ? next !== ']' : next === '"';
  return next === ',' || next === '}' || next === ']' || next === ':';
}

interface Scan {
  /** Where the first value has ended, if it has. */
  readonly end?: number;
  /** The innermost bracket that is open. */
  readonly open?: string | undefined;
  readonly isInString: boolean;
}

function scan(line: string): Scan {
  const open: string[] = [];
  let isInString = false;
  for (let at = 0; at < line.length; at++) {
    const character = line[at]!;
    if (isInString) {
      if (character === '\\') at++;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{' || character === '[') open.push(character);
    else if (character === '}' || character === ']') {
      open.pop();
      if (open.length === 0) return { end: at + 1, isInString: false };
    }
  }
  return { open: open.at(-1), isInString };
}
