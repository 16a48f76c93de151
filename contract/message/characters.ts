/**
 * Whether a text has at most `limit` characters. AWS counts Unicode code points, not bytes and not UTF-16 units.
 * Source: Smithy 2.0, `length` trait.
 */
export function hasAtMostCharacters(text: string, limit: number): boolean {
  if (text.length <= limit) return true;
  if (text.length > limit * 2) return false;
  let characters = 0;
  for (const _ of text) characters++;
  return characters <= limit;
}
