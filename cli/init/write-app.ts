/** Writes the files of an app into a folder that is empty. */
import { readdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CommandError, UsageError } from '../failure.ts';

/** What `git init` and file managers leave in a folder that is otherwise empty. */
const HARMLESS = new Set(['.git', '.DS_Store', 'Thumbs.db', 'desktop.ini']);

/**
 * Makes sure that nothing is in the folder that an app could be mixed up with.
 *
 * @throws UsageError when there is something
 */
export async function mustBeEmpty(folder: string): Promise<void> {
  const found = (await readdir(folder)).filter((name) => !HARMLESS.has(name)).sort();
  if (found.length === 0) return;
  const others = found.length > 1 ? ` and ${found.length - 1} more` : '';
  throw new UsageError(
    `${folder} is not empty: it has ${found[0]}${others}.`,
    'init writes an app into an empty folder: mkdir users-pipeline && cd users-pipeline, and there again.',
  );
}

/** Writes the files. One that has come to be there meanwhile is not overwritten. */
export async function writeApp(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    try {
      await writeFile(join(folder, name), text, { flag: 'wx' });
    } catch (error) {
      throw new CommandError(`${join(folder, name)} cannot be written: ${(error as Error).message}.`, { cause: error });
    }
  }
}

/** What an app in a folder is called: the folder's name, as far as npm takes it. */
export function appName(folder: string): string {
  const name = basename(folder)
    .toLowerCase()
    .replace(/[^a-z\d-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 100);
  return name === '' || TAKEN.has(name) ? 'users-pipeline' : name;
}

/** An app that is called like what it depends on cannot install it. Source: npm's error ENOSELF; npm's rules for names. */
const TAKEN = new Set(['personalize-users', 'aws-cdk-lib', 'aws-cdk', 'constructs', 'node-modules', 'node_modules']);
