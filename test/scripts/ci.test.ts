/** `.ci/run`, with stand-ins for the programs that it runs. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { runProgram } from '../support/run-program.ts';

const CI = fileURLToPath(new URL('../../.ci', import.meta.url));

let project: string;
beforeEach(async () => {
  project = mkdtempSync(join(tmpdir(), 'ci-'));
  await cp(CI, join(project, '.ci'), { recursive: true });
  mkdirSync(join(project, 'bin'));
  standIn('npm', 'case "$*" in test) printf "Tests:  1 failed, 2 passed, 3 total\\n"; exit 1;; esac');
  for (const tool of ['cmake', 'g++', 'make', 'xz']) standIn(tool, 'true');
});
afterEach(() => rmSync(project, { recursive: true }));

function standIn(name: string, script: string): void {
  writeFileSync(join(project, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** What is asked of python3 is written down; `pip` says how installing ends. */
function standInForPython({ hasBoto3, pip = 'exit 0' }: { hasBoto3: boolean; pip?: string }): void {
  const record = `echo "$*" >> ${join(project, 'python.log')}`;
  const inEnvironment = `#!/bin/sh\n${record}\n${pip}\n`;
  writeFileSync(join(project, 'in-environment'), inEnvironment, { mode: 0o755 });
  standIn(
    'python3',
    `${record}
     case "$*" in
       "-c import boto3") ${hasBoto3 ? 'exit 0' : 'exit 1'};;
       "-m venv "*) mkdir -p "$3/bin" && cp ${join(project, 'in-environment')} "$3/bin/python3";;
       *) exit 9;;
     esac`,
  );
}

async function run() {
  const PATH = `${join(project, 'bin')}:/usr/bin:/bin`;
  const { code, stdout } = await runProgram('bash', ['.ci/run'], { cwd: project, env: { PATH } });
  return { code, lines: stdout.trimEnd().split('\n'), stdout };
}

const askedOfPython = () => readFileSync(join(project, 'python.log'), 'utf8');

test('the last line counts, and a table before it says what each step took', async () => {
  for (const tool of ['moto_server', 'cfn-lint', 'aws']) standIn(tool, 'true');
  standInForPython({ hasBoto3: true });
  const { code, lines } = await run();
  expect(code).toBe(1);
  expect(lines.at(-1)).toMatch(/^\d+ passed, 1 failed$/);
  const table = lines.slice(lines.indexOf('What each step took:') + 1, -2);
  expect(table[0]).toMatch(/^ +\d+ s {2}npm ci$/);
  expect(table.find((line) => line.includes('tests'))).toMatch(/^ +\d+ s {2}tests \(failed\)$/);
  expect(table.at(-1)).toMatch(/^ +\d+ s {2}all$/);
  expect(table.length - 1).toBe(lines.filter((line) => /^=== .*: \d+ s$/.test(line)).length);
});

test('of two steps that run together each counts by itself, and is shown by itself', async () => {
  for (const tool of ['moto_server', 'cfn-lint', 'aws']) standIn(tool, 'true');
  standInForPython({ hasBoto3: true });
  // Each waits until the other has begun.
  const meet = (mine: string, other: string) =>
    `echo ${mine} 1; touch ${mine}; until [ -e ${other} ]; do sleep 0.05; done; echo ${mine} 2`;
  standIn(
    'npm',
    `case "$*" in
       *" --fifo"*) ${meet('fifo', 'standard')};;
       "run soak"*) ${meet('standard', 'fifo')}; exit 3;;
       "run test:deploy") printf "Tests:  4 failed, 7 passed, 11 total\\n"; exit 1;;
       "run lint:cfn") kill -9 $PPID;;
     esac`,
  );
  const { code, lines, stdout } = await run();
  expect({ code, last: lines.at(-1) }).toMatchObject({
    code: 1,
    last: expect.stringMatching(/^\d+ passed, 6 failed$/),
  });
  expect(stdout).toMatch(/\n=== the soak, in short\nstandard 1\nstandard 2\n=== .* failed with status 3: \d+ s\n/);
  expect(stdout).toMatch(/\n=== the soak with FIFO queues, in short\nfifo 1\nfifo 2\n=== [^\n]*short: \d+ s\n/);
  expect(stdout).toMatch(/=== the template, by cfn-lint failed with status unknown/);
  expect(stdout).toMatch(/=== deployment to moto_server failed with status 1/);
});

test("nothing is installed where Python's tools are there", async () => {
  for (const tool of ['moto_server', 'cfn-lint', 'aws']) standIn(tool, 'true');
  standInForPython({ hasBoto3: true });
  await run();
  expect(askedOfPython()).toBe('-c import boto3\n');
  expect(existsSync(join(project, '.local/python'))).toBe(false);
});

test('what is missing is installed in an environment of its own, in the versions that are pinned', async () => {
  standInForPython({ hasBoto3: false });
  await run();
  const environment = join(project, '.local/python');
  expect(askedOfPython()).toContain(`-m venv ${environment}\n`);
  expect(askedOfPython()).toMatch(
    /-m pip install .*--requirement .ci\/requirements.txt --constraint .ci\/constraints.txt\n/,
  );
  for (const file of ['requirements', 'constraints']) {
    const pins = readFileSync(join(CI, `${file}.txt`), 'utf8')
      .split('\n')
      .filter((line) => line && !line.startsWith('#'));
    for (const pin of pins) expect(pin).toMatch(/^[a-z\d[\]-]+==[\d.a-z+]+$/);
  }
});

test('a registry that cannot be reached is said in a sentence, and leaves nothing that looks complete', async () => {
  standInForPython({ hasBoto3: false, pip: 'echo no route; exit 1' });
  const { code, stdout } = await run();
  expect(code).toBe(1);
  expect(stdout).toContain('could not be installed: can pip reach a registry');
  expect(existsSync(join(project, '.local/python/requirements.txt'))).toBe(false);
});
