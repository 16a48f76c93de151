/** Plants a fault: a piece of the product's source is another when it is loaded. Nothing is written to any file. */
import { readFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** A piece of source that is another. */
export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** A small patch of the product. */
export interface PlantedFault {
  /** What is wrong with it, in words. */
  readonly name: string;
  readonly edits: readonly Edit[];
}

const ROOT = new URL('../../', import.meta.url);

/**
 * Edits a source.
 *
 * @throws Error when the text to replace is not there, or there more than once: the product has changed, and the fault is to
 * be planted anew
 */
export function editSource(source: string, { file, find, replace }: Edit): string {
  const places = source.split(find).length - 1;
  if (places !== 1) throw new Error(`${file} has what is to be replaced ${places} times: ${find}`);
  return source.replace(find, () => replace);
}

export function readSource(file: string): string {
  return readFileSync(new URL(file, ROOT), 'utf8');
}

/** From now on this thread loads the product with these edits. */
export function plant(edits: readonly Edit[]): void {
  const files = new Map(edits.map(({ file }) => [new URL(file, ROOT).href, file]));
  registerHooks({
    load(url, context, nextLoad) {
      const loaded = nextLoad(url, context);
      const file = files.get(url);
      if (file === undefined) return loaded;
      return {
        ...loaded,
        source: edits.filter((edit) => edit.file === file).reduce(editSource, String(loaded.source)),
      };
    },
  });
}
