/** Text of others in a message: what cannot be seen in it is written as an escape, so that two names that differ look different. */

/** Controls, formats, unassigned and half characters, and every blank but the space. Source: Unicode, general categories. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]|(?! )\p{Zs}/gu;

/** What people call the ones that turn up in files. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['\0', 'a NUL byte'],
  ['\u001A', 'Ctrl-Z'],
  ['\u00A0', 'a no-break space'],
  ['\u00AD', 'a soft hyphen'],
  ['\u200B', 'a zero width space'],
  ['\u200C', 'a zero width non-joiner'],
  ['\u200D', 'a zero width joiner'],
  ['\u200E', 'a left-to-right mark'],
  ['\u200F', 'a right-to-left mark'],
  ['\u202F', 'a narrow no-break space'],
  ['\u2060', 'a word joiner'],
  ['\u3000', 'an ideographic space'],
  ['\uFEFF', 'a byte order mark'],
]);

/** Writes each character that cannot be seen as an escape: `\ufeff`. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, escapeOf);
}

/**
 * A text in quotes, as JSON has it, with nothing in it that cannot be seen.
 *
 * @param longest - characters that are shown at most, as they are written. @default all
 */
export function quoted(text: string, longest = Number.POSITIVE_INFINITY): string {
  const whole = escapeInvisible(JSON.stringify(text.slice(0, longest + 1)));
  if (whole.length <= longest + 2) return whole;
  let shown = '';
  for (const [written] of whole.slice(1, -1).matchAll(WRITTEN)) {
    if (shown.length + written.length > longest) break;
    shown += written;
  }
  return `"${shown}..."`;
}

/** A character as JSON writes it, or as {@link escapeInvisible} does. */
const WRITTEN = /\\u\{[0-9a-f]+\}|\\u[0-9a-f]{4}|\\?./gsu;

/** The first character that cannot be seen, by its escape and, if it has one, its name: `\u00a0, a no-break space`. */
export function firstInvisible(text: string): string | undefined {
  const [character] = text.match(INVISIBLE) ?? [];
  if (character === undefined) return undefined;
  const name = NAMES.get(character);
  return name === undefined ? escapeOf(character) : `${escapeOf(character)}, ${name}`;
}

function escapeOf(character: string): string {
  const hex = character.codePointAt(0)!.toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/** Breaks words that are longer than a line, such as ARNs: a table would cut them off. */
export function breakLongWords(text: string, width: number): string {
  return text.replace(/\S+/g, (word) => {
    if (word.length <= width) return word;
    const pieces = Array.from({ length: Math.ceil(word.length / width) }, (_, index) =>
      word.slice(index * width, (index + 1) * width),
    );
    return pieces.join('\n');
  });
}
