/** What `--help` prints, in terminals of several widths. */
import { afterEach, describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { run } from '../../cli/run.ts';
import { runCli } from './support/run-cli.ts';

const { columns } = process.stdout;
afterEach(() => {
  process.stdout.columns = columns;
});

function pathsOf(command: Command, path: readonly string[] = []): readonly (readonly string[])[] {
  return [path, ...command.commands.flatMap((sub) => pathsOf(sub, [...path, sub.name()]))];
}

const PATHS = pathsOf(await createProgram()).filter(([name]) => name !== 'completion');

async function helpOf(path: readonly string[], width: number): Promise<readonly string[]> {
  process.stdout.columns = width;
  const program = await createProgram();
  let text = '';
  program.configureOutput({ writeOut: (chunk) => (text += chunk) });
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((chunk: string) => {
    text += chunk;
    return true;
  }) as typeof process.stdout.write;
  try {
    expect(await run(program, ['node', 'personalize-users', ...path, '--help'])).toBe(0);
  } finally {
    process.stdout.write = write;
  }
  return text.split('\n');
}

/** An example is a line to copy. */
const isExample = (line: string) => line.startsWith('  personalize-users ');

describe.each([80, 110])('in %i columns', (width) => {
  test.each(PATHS.map((path) => [['personalize-users', ...path].join(' '), path] as const))(
    '%s --help breaks no line within a word, and none is too long',
    async (_, path) => {
      const lines = await helpOf(path, width);
      expect(lines.filter((line) => line.length > width && !isExample(line))).toEqual([]);
      // Paragraphs fill the width: a line that ends early has no room for the next word.
      const prose = lines.filter((line) => /^\S/.test(line) && !/:$/.test(line));
      expect(Math.max(...prose.map((line) => line.length))).toBeGreaterThan(prose.length > 2 ? width - 20 : 0);
    },
  );
});

test('a terminal that says it has no columns is taken for one of 80', async () => {
  expect(await helpOf(['send'], 0)).toEqual(await helpOf(['send'], 80));
});

test('--version says which', async () => {
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
  expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

describe('completion', () => {
  test('completes commands, options and what these may be', async () => {
    expect((await runCli(['complete', '--', 'dlq', 're'])).stdout).toMatch(/^replay\t/);
    expect((await runCli(['complete', '--', 'send', '--schema-check', ''])).stdout).toMatch(/^certain\b/);
  });

  test.each(['bash', 'zsh', 'fish', 'powershell'])('has a script for %s', async (shell) => {
    const { code, stdout } = await runCli(['completion', shell]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/personalize-users' complete|personalize-users complete/);
  });

  test('refuses another shell', async () => {
    expect(await runCli(['completion', 'tcsh'])).toMatchObject({ code: 2, stderr: expect.stringContaining('zsh') });
  });
});
