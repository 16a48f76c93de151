/** What somebody meant who wrote a header that cannot be used. */
import { firstInvisible } from '../../contract/input/shown-text.ts';

/** What is wrong with the lines of a file as a whole. */
export interface LineProblem {
  /** A sentence. */
  readonly problem: string;
  readonly remedy: string;
}

/** Marks of more than one character that are used between values. */
const LONG_DELIMITER = /\w(::|\|\||##|~~|\^\^|\|~\|)\w/;

/**
 * Finds out whether the first line is no header because the lines are made otherwise.
 *
 * @param line - the first record, as it stands in the file named `name`
 */
export function problemOfLines(line: string, name: string): LineProblem | undefined {
  const [, separator] = /^"?sep=(.)"?$/i.exec(line) ?? [];
  if (separator !== undefined) {
    return {
      problem: `It begins with the line sep=${separator}, which is for Excel alone.`,
      remedy: `Remove that line, and give --delimiter ${named(separator)}.`,
    };
  }
  if (/[^\r]\r+[^\r]/.test(line)) {
    return {
      problem: 'Its lines end with CR alone, as on old Macs.',
      remedy: `Write them anew, say with: tr '\\r' '\\n' < ${name} > users.csv`,
    };
  }
  const [, mark] = LONG_DELIMITER.exec(line) ?? [];
  if (mark === undefined) return undefined;
  const escaped = mark.replace(/[|^]/g, '[$&]');
  return {
    problem: `The values are separated by "${mark}", and a delimiter is one character.`,
    remedy:
      `Replace it, say with: sed 's/${escaped}/\\t/g' ${name} > users.tsv; ` +
      'have a header first, one of its names USER_ID; and give --delimiter tab.',
  };
}

/** What was meant by a name that is none, as a sentence with a blank before; nothing if nobody knows. */
export function hintForName(name: string, index: number, header: readonly string[]): string {
  const hint = findHint(name, index, header);
  return hint === undefined ? '' : ` ${hint}`;
}

function findHint(name: string, index: number, header: readonly string[]): string | undefined {
  if (name === '') return hintForNoName(index, header);
  const [, delimiter] = /^["\w]+([;\t|])/.exec(name) ?? [];
  if (delimiter !== undefined) {
    return `Are the values separated by something else than commas? Then give --delimiter ${named(delimiter)}.`;
  }
  if (index === 0 && name.startsWith('#')) return 'Is that a comment? Remove the line.';
  const invisible = firstInvisible(name);
  if (invisible !== undefined) return `It has ${invisible}, which cannot be seen: remove that.`;
  if (name !== name.trim()) return `It has a blank ${name.startsWith(' ') ? 'before' : 'after'} it: remove that.`;
  if (isSpelledUserId(name)) return 'Is USER_ID meant? Then write that.';
  if (header.some((each) => /^[-+]?\d/.test(each))) return hintForNoHeader(header);
  if (!header.some(isSpelledUserId) && isAnyId(name)) return "Is that the user's id? Then name it USER_ID.";
  const meant = inCapitals(name);
  if (meant !== undefined) return `Is ${meant} meant? Then write that.`;
  const [letter] = name.match(/[^\0-\x7F]/u) ?? [];
  return letter === undefined ? undefined : `Its ${letter} is none of A to Z, and names have only those, digits and _.`;
}

function hintForNoName(index: number, header: readonly string[]): string {
  if (index === header.length - 1) return 'It has no name. Does each line end with a delimiter? Then remove that.';
  return index === 0
    ? 'It has no name. Are these row numbers, as pandas writes them? Then write the file without (index=False).'
    : 'It has no name. Give it one, or leave the column out.';
}

function hintForNoHeader(header: readonly string[]): string {
  const example = ['USER_ID', ...header.slice(1).map((_, index) => EXAMPLES[index] ?? '...')].slice(0, 4);
  const names = header.length > 4 ? [...example.slice(0, 3), '...'] : example;
  return `Is there no header, and is this a user? Then put one first, such as ${names.join(',')}.`;
}

const EXAMPLES = ['AGE', 'GENDER', 'COUNTRY'];

/** What to do about a header in which nothing is USER_ID, as a sentence with a blank before. */
export function hintForNoUserId(header: readonly string[]): string {
  const spelled = header.find(isSpelledUserId);
  if (spelled !== undefined) return ` Is ${spelled} meant? Then write it USER_ID.`;
  const [id, ...others] = header.filter(isAnyId);
  if (id !== undefined && others.length === 0) return ` Is ${id} the user's id? Then name it USER_ID.`;
  return '';
}

/** Whether a name is USER_ID in some spelling: `user_id`, `User ID`, `userID`. */
export function isSpelledUserId(name: string): boolean {
  return /^[^\p{L}\p{N}]*user[^\p{L}\p{N}]*id[^\p{L}\p{N}]*$/iu.test(name);
}

function isAnyId(name: string): boolean {
  return /(^|[^a-z])id$|Id$|ID$/.test(name) || /^(uid|uuid|guid|e-?mail|login|username)$/i.test(name);
}

/** `Member Since`, `member-since` and `memberSince` as the schema would have them: MEMBER_SINCE. */
function inCapitals(name: string): string | undefined {
  const capitals = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[\s._-]+/g, '_')
    .toUpperCase();
  return /^[A-Z][A-Z0-9_]*$/.test(capitals) ? capitals : undefined;
}

function named(delimiter: string): string {
  return delimiter === '\t' ? 'tab' : `"${delimiter}"`;
}
