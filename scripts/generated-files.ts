/** Files that a script makes of the code, and that are committed: it writes them, or with `--check` says whether they are up to date. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { PROJECT_ROOT } from '../lib/bundling.ts';

/** Reads what was typed after `npm run SCRIPT --`: whether it is `--check`. */
export function readCheck(script: string, files: string): boolean {
  const command = new Command(`npm run ${script} --`)
    .description(`Writes ${files}, from the code.`)
    .option('--check', 'write nothing; fail if it is not up to date', false);
  return readCommandLine(command).opts<{ check: boolean }>().check;
}

/**
 * Writes the files; or only compares them, and then has the process end with 1 if one is another.
 *
 * @param files - by their paths in the project
 * @param remedy - completes the sentence "FILE is not what the code says. Run ..."
 */
export function putGenerated(files: Readonly<Record<string, string>>, check: boolean, remedy: string): void {
  for (const [path, text] of Object.entries(files)) {
    const file = join(PROJECT_ROOT, path);
    if (!check) {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    } else if (read(file) !== text) {
      console.error(`${path} is not what the code says. Run ${remedy}`);
      process.exitCode = 1;
    }
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
