/**
 * What a shell makes of the commands of a page. A real shell runs them as they stand; the programs that they call only write
 * down how they were called.
 */
import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examplesIn } from './examples.ts';

/** Programs that pages may call; any other is not found. */
const RECORDED = ['npx', 'npm', 'personalize-users', 'aws', 'git', 'curl', 'jq', 'rm'];
/** These do what they do, in a folder of their own. */
const REAL = ['mkdir', 'date'];

/** A program and its arguments. */
export type Call = readonly [program: string, ...args: string[]];

const END_OF_CALL = '\u001e';

/**
 * Runs a script, and returns the calls that it came to.
 *
 * @param script - a variable that is not set, and a program that is not known, are errors
 * @param variables - what the script expects to be set
 */
export async function callsOf(
  script: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<readonly Call[]> {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-typed-'));
  const programs = join(directory, 'bin');
  const log = join(directory, 'calls');
  const home = join(directory, 'home');
  try {
    for (const each of [programs, home]) mkdirSync(each);
    writeFileSync(log, '');
    for (const name of RECORDED) {
      const file = join(programs, name);
      writeFileSync(file, `#!/bin/sh\n{ printf '%s\\0' ${name} "$@"; printf '${END_OF_CALL}\\0'; } >> "${log}"\n`);
      chmodSync(file, 0o755);
    }
    for (const name of REAL) symlinkSync(await pathOf(name), join(programs, name));
    await runShell(`set -eu\n${script}`, home, { PATH: programs, HOME: home, ...variables });
    return readFileSync(log, 'utf8')
      .split(`${END_OF_CALL}\0`)
      .filter((call) => call !== '')
      .map((call) => call.split('\0').slice(0, -1) as [string, ...string[]]);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function runShell(script: string, cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', script], { cwd, env }, (error, _, stderr) => {
      if (error) reject(new Error(`The shell does not take it: ${stderr}\n${script}`));
      else resolve();
    });
  });
}

function pathOf(program: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('/bin/sh', ['-c', `command -v ${program}`], (error, stdout) =>
      error ? reject(error) : resolve(stdout.trim()),
    );
  });
}

/** What a page has one type, in its order: the blocks for a shell, and what is typed in its sessions. */
export function scriptOf(page: string): string {
  return examplesIn(page)
    .flatMap(({ language, text }) => {
      if (language === 'sh') return [text];
      if (language === 'console') return [...text.matchAll(/^\$ (.*)$/gm)].map(([, typed]) => typed!);
      return [];
    })
    .join('\n');
}

/** The commands that stand within the prose of a page. */
export function commandsInProse(page: string): readonly string[] {
  const prose = page.replaceAll(/^```.*?^```$/gms, '');
  return [...prose.matchAll(/(?<!`)`((?:npx (?:personalize-users|cdk)|npm run|npm start|npm test) [^`]*)`/g)].map(
    ([, command]) => command!.replaceAll('\n', ' '),
  );
}
