/**
 * The length of a text in characters as the service counts them, that is in Unicode code points: an emoji is one,
 * though it is two in a JavaScript string.
 */
export function characters(text: string): number {
  return Array.from(text).length;
}
