/** The examples of a page, as they stand in it. */

/** A fenced block of a page. */
export interface Example {
  /** What the comment before it says, `<!-- example: NAME -->`; undefined if there is none. */
  readonly name: string | undefined;
  /** Such as `sh`; empty if the fence has none. */
  readonly language: string;
  readonly text: string;
}

const BLOCK = /(?:^<!-- example: (?<name>[\w-]+) -->\n)?^```(?<language>\w*)\n(?<text>.*?)^```$/gms;

/** All fenced blocks of a page, in their order. */
export function examplesIn(markdown: string): readonly Example[] {
  return [...markdown.matchAll(BLOCK)].map(({ groups }) => ({
    name: groups!.name,
    language: groups!.language!,
    text: groups!.text!,
  }));
}

/**
 * The text of an example.
 *
 * @throws Error when the page has none of that name, or several
 */
export function exampleNamed(examples: readonly Example[], name: string): string {
  const found = examples.filter((example) => example.name === name);
  if (found.length !== 1) throw new Error(`The page has ${found.length} examples that are named ${name}, not one.`);
  return found[0]!.text;
}
