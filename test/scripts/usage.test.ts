/** What is typed wrongly, into every program of ours: `npm run` scripts, `npm start` and the command line. */
import { describe, expect, jest, test } from '@jest/globals';
import { EXIT_CODES } from '../../contract/input/exit-codes.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { runProgram } from '../support/run-program.ts';

/** Each starts a process, and a busy machine takes its time for them. */
jest.setTimeout(120_000);

/** What these pass on belongs to jest. */
const OF_JEST = ['test:deploy', 'test:package', 'test:runtime'];

const PROGRAMS: readonly (readonly [typed: string, file: string])[] = [
  ...Object.entries(packageFile.scripts).flatMap(([name, command]) => {
    const file = /^node (\S+\.ts)$/.exec(command)?.[1];
    if (file === undefined || OF_JEST.includes(name)) return [];
    return [[name === 'start' ? 'npm start' : `npm run ${name}`, file] as const];
  }),
  ...Object.entries(packageFile.bin).map(([name, file]) => [name, file] as const),
];

const run = (file: string, words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runProgram(process.execPath, [file, ...words], { cwd: process.cwd(), env: { HOME: process.env.HOME ?? '', ...env } });

test('they are found', () => {
  expect(PROGRAMS.map(([typed]) => typed)).toEqual(
    expect.arrayContaining(['npm start', 'npm run simulate', 'npm run soak', 'npm run bench', 'personalize-users']),
  );
});

test.each(PROGRAMS)('%s refuses an option that is not there, and does nothing', async (_, file) => {
  expect(await run(file, ['--usres'])).toEqual({
    code: EXIT_CODES.usage,
    stdout: '',
    stderr: expect.stringMatching(/^error: unknown option '--usres'/),
  });
});

describe.each([
  ['npm run simulate', 'simulation/plan.ts', ['-c', 'batchSise=10'], 'did you mean batchSize?'],
  ['npm run simulate', 'simulation/plan.ts', ['--compare', 'batchSize=none'], 'batchSize takes a whole number'],
  ['npm run simulate:faults', 'simulation/main.ts', ['--seeds', 'many'], 'It takes a whole number'],
  ['npm run simulate:faults', 'simulation/main.ts', ['--seed', '1', '--off', 'sunshine'], 'Allowed choices are'],
  ['npm run mutation', 'test/mutation/main.ts', ['no/such/file.ts'], 'no/such/file.ts is in no area'],
  ['npm run soak', 'test/soak/main.ts', ['--kills', 'all'], 'It takes a whole number'],
  ['npm run bench', 'bench/main.ts', ['--only', 'speed'], 'Allowed choices are'],
  ['npm start', 'local/main.ts', ['samples/users.jsonl'], 'too many arguments'],
])('%s', (_, file, words, sentence) => {
  test(`refuses ${words.join(' ')}`, async () => {
    const { code, stdout, stderr } = await run(file, words);
    expect({ code, stdout }).toEqual({ code: EXIT_CODES.usage, stdout: '' });
    expect(stderr).toContain(sentence);
  });
});

test.each([
  ['personalize-users send', 'cli/main.ts', ['send', 'no-such.csv', '--dry-run']],
  ['npm start', 'local/main.ts', ['--users', 'no-such.csv']],
  ['npm run simulate', 'simulation/plan.ts', ['--arrivals', 'no-such.csv']],
])('a file that is not there is a failure, and no wrong use: %s', async (_, file, words) => {
  const { code, stdout, stderr } = await run(file, words);
  expect(code).toBe(EXIT_CODES.failed);
  expect(stdout + stderr).toMatch(/no-such\.csv.*no such file/s);
});

test('charts that cannot be written are told of before anything is simulated', async () => {
  expect(await run('simulation/plan.ts', ['--backlog', '100000000', '--charts', 'package.json'])).toEqual({
    code: EXIT_CODES.failed,
    stdout: '',
    stderr: expect.stringMatching(/^error: The charts cannot be written to package.json: .*\n$/),
  });
});

test('what npm has kept for itself, since there was no --, is told of', async () => {
  // As npm sets it for `npm start --serve`.
  expect(await run('local/main.ts', [], { npm_config_serve: 'true' })).toEqual({
    code: EXIT_CODES.usage,
    stdout: '',
    stderr: 'error: npm has kept --serve for itself. Put -- before the options: npm start -- --serve\n',
  });
});

test.each([
  ['npm start', 'local/main.ts', 'Kinds of misfit, for --accept:'],
  ['npm run simulate', 'simulation/plan.ts', 'Examples:'],
  ['npm run simulate:faults', 'simulation/main.ts', 'Kinds of faults:'],
  ['npm run docs:settings', 'scripts/settings-page.ts', '--check'],
])('%s says how it is used, in 80 columns', async (typed, file, part) => {
  const { code, stdout, stderr } = await run(file, ['--help']);
  expect({ code, stderr }).toEqual({ code: EXIT_CODES.ok, stderr: '' });
  expect(stdout).toContain(`Usage: ${typed} -- `);
  expect(stdout).toContain(part);
  expect(stdout).not.toContain('(default: false)');
  expect(stdout.split('\n').filter((line) => line.length > 80 && !line.startsWith('  npm run '))).toEqual([]);
});
