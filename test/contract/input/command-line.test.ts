/** What every program says of its own options, and of what it does not understand. */
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { Command } from 'commander';
import { readCommandLine, settle, withList } from '../../../contract/input/command-line.ts';
import { EXIT_CODES } from '../../../contract/input/exit-codes.ts';

/** The end of the process, which a test outlives. */
class Ended extends Error {
  readonly code: unknown;

  constructor(code: unknown) {
    super(`ended with ${code}`);
    this.code = code;
  }
}

let printed: string;
beforeEach(() => {
  printed = '';
  jest.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Ended(code);
  });
  for (const stream of [process.stdout, process.stderr]) {
    jest.spyOn(stream, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
  }
});
afterEach(() => void jest.restoreAllMocks());

const program = () =>
  new Command('npm start --')
    .argument('[files...]', 'files of users')
    .option('--serve', 'go on until Ctrl-C', false)
    .option('--no-charts', 'without charts')
    .option('--max-users <count>', 'users at most')
    .option('--json', 'as JSON');

const read = (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  readCommandLine(program(), ['node', 'main.ts', ...words], env);

/** How the process ended, and what it said. */
function endOf(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  try {
    read(words, env);
    return { code: undefined, printed };
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    return { code: error.code, printed };
  }
}

/** On a terminal as wide as that. */
function withColumns<T>(columns: number | undefined, what: () => T): T {
  const { stdout, stderr } = process;
  const before = [stdout.columns, stderr.columns] as const;
  Object.assign(stdout, { columns });
  Object.assign(stderr, { columns });
  try {
    return what();
  } finally {
    Object.assign(stdout, { columns: before[0] });
    Object.assign(stderr, { columns: before[1] });
  }
}

describe('a command line', () => {
  test('that is understood gives its options and words', () => {
    const command = read(['--serve', '--max-users', '7', 'a.csv', 'b.csv'], {});
    expect(command.opts()).toEqual({ serve: true, charts: true, maxUsers: '7' });
    expect(command.args).toEqual(['a.csv', 'b.csv']);
    expect(printed).toBe('');
  });

  test.each([
    [['--srve'], /unknown option '--srve'\n\(Did you mean --serve\?\)/],
    [['--max-users'], /argument missing/],
  ])('%j ends it as wrong use', (words, sentence) => {
    expect(endOf(words)).toEqual({ code: EXIT_CODES.usage, printed: expect.stringMatching(sentence) });
  });

  test('with a word too many ends it as wrong use', () => {
    const command = new Command('npm run x --').argument('[file]', 'a file');
    expect(() => readCommandLine(command, ['node', 'x.ts', 'a', 'b'], {})).toThrow(new Ended(EXIT_CODES.usage));
    expect(printed).toMatch(/too many arguments/);
  });

  test('--help ends it well, and says of no flag that it is off', () => {
    const { code, printed: help } = endOf(['--help']);
    expect(code).toBe(EXIT_CODES.ok);
    expect(help).toMatch(/Usage: npm start -- \[options\] \[files\.\.\.\]/);
    expect(help).not.toContain('default: false');
  });
});

describe('what npm has kept for itself', () => {
  test.each([
    [{ npm_config_serve: 'true' }, '--serve'],
    [{ npm_config_serve: '' }, '--no-serve'],
    [{ npm_config_charts: '' }, '--no-charts'],
    [{ npm_config_max_users: '7' }, '--max-users=7'],
    [{ npm_config_max_users: '7', npm_config_serve: 'true' }, '--serve --max-users=7'],
  ])('%j is told of, as it is to be typed', (env, words) => {
    expect(endOf([], env)).toEqual({
      code: EXIT_CODES.usage,
      printed: `error: npm has kept ${words} for itself. Put -- before the options: npm start -- ${words}\n`,
    });
  });

  test.each<Record<string, string>>([{ npm_config_json: 'true' }, { npm_config_other: 'true' }, { serve: 'true' }])(
    '%j may be meant for npm, or is no option here',
    (env) => {
      expect(endOf([], env)).toEqual({ code: undefined, printed: '' });
    },
  );

  test.each(['all', 'force', 'json', 'only', 'yes'])('--%s is an option of npm as well', (name) => {
    const command = new Command('npm run x --').option(`--${name}`, 'a flag of both');
    expect(readCommandLine(command, ['node', 'x.ts'], { [`npm_config_${name}`]: 'true' }).opts()).toEqual({});
  });
});

describe('help', () => {
  const LONG = 'a sentence that goes on and on, '.repeat(8);
  const command = () => settle(new Command('x').option('--flag', LONG));
  const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));
  const LIST = { one: 'the first', 'the-other': LONG };

  test.each([
    [70, 70],
    [120, 120],
    // Source: Node.js documentation, tty: a stream that is no terminal has no columns; a terminal may say 0.
    [undefined, 80],
    [0, 80],
  ])('in a terminal of %p columns is at most %p wide, and uses them', (columns, most) => {
    const width = withColumns(columns, () => widest(command().helpInformation()));
    expect(width).toBeLessThanOrEqual(most);
    expect(width).toBeGreaterThan(most - 15);
    const onError = withColumns(columns, () => widest(command().helpInformation({ error: true })));
    expect(onError).toBeLessThanOrEqual(most);
    expect(onError).toBeGreaterThan(most - 15);
  });

  test('has a list below it, aligned and as wide', () => {
    withColumns(66, () => withList(command(), 'Kinds:', LIST).outputHelp());
    const list = printed.slice(printed.indexOf('\nKinds:\n'));
    expect(list.split('\n').slice(0, 4)).toEqual([
      '',
      'Kinds:',
      '  one        the first',
      '  the-other  a sentence that goes on and on, a sentence that goes',
    ]);
    expect(widest(list)).toBeLessThanOrEqual(66);
    expect(printed.indexOf('--flag')).toBeLessThan(printed.indexOf('Kinds:'));
  });
});
