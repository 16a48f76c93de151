/** What the pages and `--help` have one type: as far as can be without an account, by the programs themselves. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, jest, test } from '@jest/globals';
import type { Command } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { run } from '../../cli/run.ts';
import { readSettings } from '../../lib/settings.ts';
import { readArguments as readStart } from '../../local/arguments.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { readArguments as readSimulate } from '../../simulation/planning/arguments.ts';
import { runProgram } from '../support/run-program.ts';
import { type Call, callsOf, commandsInProse, scriptOf } from './typed-commands.ts';

/** Each page starts processes, and a busy machine takes its time for them. */
jest.setTimeout(120_000);

const ROOT = join(import.meta.dirname, '../..');
const DATASET_ARN = 'arn:aws:personalize:eu-west-1:123456789012:dataset/my-group/USERS';

/** What the reader has to put in the place of a word in capitals. */
const MEANT: Readonly<Record<string, string>> = {
  ARN: DATASET_ARN,
  ROLE: 'arn:aws:iam::123456789012:role/PersonalizeRole',
  SEED: '7',
};

/** What a page expects to be set, and says so. */
const VARIABLES = { QUEUE_URL: 'https://sqs.eu-west-1.amazonaws.com/123456789012/users' };

/** Files that are the reader's own. */
const OWN_FILES = ['users.csv', 'users.jsonl.gz', 'erased.csv', 'letters.jsonl'];

/** Its examples have tests of their own: test/docs/producers.test.ts and test/producers/. */
const PAGES = ['README.md', 'CONTRIBUTING.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)].filter(
  (path) => path.endsWith('.md') && path !== 'docs/producers.md',
);
const pageOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const WITH_BLOCKS = PAGES.filter((path) => scriptOf(pageOf(path)) !== '');
const WITH_PROSE = PAGES.filter((path) => commandsInProse(pageOf(path)).length > 0);

test('the pages that are known to have some are among them', () => {
  for (const path of ['README.md', 'docs/cli.md', 'docs/operations.md', 'docs/erasing-users.md']) {
    expect(WITH_BLOCKS).toContain(path);
  }
  expect(WITH_PROSE).toContain('docs/operations.md');
});

test.each(WITH_BLOCKS)('what %s has one type is understood', async (path) => {
  const calls = await callsOf(scriptOf(pageOf(path)), VARIABLES);
  expect(calls.length).toBeGreaterThan(0);
  await expectUnderstood(calls);
});

test.each(WITH_PROSE)('and so are the commands in the prose of %s', async (path) => {
  for (const command of commandsInProse(pageOf(path))) await expectUnderstood(await callsOf(command));
});

const COMMANDS = pathsOf(await createProgram());

describe('the examples of --help', () => {
  test.each(COMMANDS)('%s', async (name, command) => {
    let help = '';
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
    const [, examples = ''] = help.split('\nExamples:\n');
    const typed = examples
      .split('\n\n')[0]!
      .split('\n')
      .filter((line) => line.startsWith('  '));
    expect(typed.length > 0 || name.endsWith(' dlq')).toBe(true);
    await expectUnderstood(await callsOf(typed.join('\n')));
  });
});

describe('this test notices', () => {
  test.each([
    ['a command that is not there', 'npx personalize-users sned users.csv', "unknown command 'sned'"],
    [
      'an option that is not there',
      'npx personalize-users send users.csv --shcema users.csv',
      "unknown option '--shcema'",
    ],
    ['an option that a program has not', 'npm run soak -- --usres 5', "unknown option '--usres'"],
    ['an option that npm start has not', 'npm start -- --servr', "unknown option '--servr'"],
    ['a script that is not there', 'npm run sumulate', 'sumulate'],
    ['a setting that is not there', 'npx cdk deploy -c datasetARN=ARN', 'datasetArn'],
    ['a setting of a simulation', 'npm run simulate -- --compare fifi=false', 'fifi'],
    ['a file that is not there', 'npx personalize-users send samples/none.csv', 'samples/none.csv'],
    ['a schema that nothing has written', 'npx cdk deploy -c schemaFile=schema.avsc', 'schema.avsc'],
    ['an operation that AWS has not', 'aws lambda disable-event-source-mapping --uuid 1', 'DisableEventSourceMapping'],
    ['a program that nobody has', 'personalise-users send users.csv', 'not found'],
  ])('%s', async (_, command, problem) => {
    await expect(callsOf(command).then(expectUnderstood)).rejects.toThrow(problem);
  });
});

function pathsOf(command: Command, path: readonly string[] = []): readonly (readonly [string, Command])[] {
  const name = [...path, command.name()];
  if (command.name() === 'completion') return [];
  return [[name.join(' '), command], ...command.commands.flatMap((sub) => pathsOf(sub, name))];
}

/** Throws for a call that its program would not understand. */
async function expectUnderstood(calls: readonly Call[]): Promise<void> {
  const written = new Set<string>();
  for (const [program, ...words] of calls) {
    const args = words.map((word) => MEANT[word] ?? word.replace(/=ARN$/, `=${DATASET_ARN}`));
    const output = args.indexOf('--output');
    if (output !== -1) written.add(args[output + 1]!);
    for (const word of args) mustBeThere(word, written);
    await understand(program, args, written);
  }
}

/** A path within a folder of ours names a file that is there. */
function mustBeThere(word: string, written: ReadonlySet<string>): void {
  const [folder] = word.split('/');
  const isOurs = /^\w+\//.test(word) && folder !== 'dist' && existsSync(join(ROOT, folder!));
  if (isOurs && !existsSync(join(ROOT, word))) throw new Error(`There is no ${word}.`);
  const isFile = /^[\w-]+(\.[\w-]+)*\.(csv|avsc|jsonl|gz)$/.test(word);
  if (isFile && !OWN_FILES.includes(word) && !written.has(word)) throw new Error(`Whose file is ${word}?`);
}

async function understand(program: string, args: readonly string[], written: ReadonlySet<string>): Promise<void> {
  switch (program) {
    case 'personalize-users':
      return understandCli(args);
    case 'npx':
      if (/^personalize-users(@[\d.]+)?$/.test(args[0]!)) return understandCli(args.slice(1));
      expect(args[0]).toBe('cdk');
      return understandCdk(args.slice(1), written);
    case 'npm':
      return understandNpm(args);
    case 'aws':
      return understandAws(args);
  }
}

async function understandCli(args: readonly string[]): Promise<void> {
  const program = await createProgram();
  for (const [, command] of pathsOf(program)) if (command.commands.length === 0) command.action(() => {});
  await mustExit(0, () => run(program, ['node', 'personalize-users', ...args]));
}

const CDK_COMMANDS = ['bootstrap', 'synth', 'diff', 'deploy', 'destroy'];

function understandCdk([command, ...options]: readonly string[], written: ReadonlySet<string>): void {
  expect(CDK_COMMANDS).toContain(command);
  const context: Record<string, string> = { datasetArn: DATASET_ARN };
  for (let at = 0; at < options.length; at += 2) {
    expect(options[at]).toBe('-c');
    const [name = '', value = ''] = options[at + 1]!.split('=');
    if (value === '...') continue;
    if (name === 'schemaFile' && !written.has(value)) throw new Error(`Nothing has written ${value}.`);
    context[name] = name === 'schemaFile' ? join(ROOT, 'samples/users-schema.avsc') : value;
  }
  readSettings(context);
}

/** Not ours: what npm does by itself. */
const OF_NPM = ['ci', 'install', 'pack'];
/** What is typed after these belongs to somebody else. */
const OF_OTHERS = ['test', 'synth', 'lint'];

async function understandNpm([command = '', ...words]: readonly string[]): Promise<void> {
  if (OF_NPM.includes(command)) return;
  const [name = '', ...rest] = command === 'run' ? words : [command, ...words];
  expect(Object.keys(packageFile.scripts)).toContain(name);
  if (rest.length === 0 || OF_OTHERS.includes(name)) return;
  expect(rest[0]).toBe('--');
  const typed = ['node', name, ...rest.slice(1)];
  if (name === 'start') await mustExit(0, () => readStart(typed, { users: '', schema: '' }));
  else if (name === 'simulate') await mustExit(0, () => readSimulate(typed));
  else await mustRead(packageFile.scripts[name as keyof typeof packageFile.scripts], typed.slice(2));
}

/** Has a program read what is typed, and no more. */
async function mustRead(script: string, typed: readonly string[]): Promise<void> {
  const [, file] = /^node (\S+\.ts)$/.exec(script)!;
  const options = ['--import', join(import.meta.dirname, 'only-read.ts'), file!, ...typed];
  const { code, stderr } = await runProgram(process.execPath, options, { cwd: ROOT });
  if (code !== 0) throw new Error(stderr);
}

/** Our packages of the AWS SDK tell which operations there are; of a service without one, nothing is known here. */
const SERVICES: Readonly<Record<string, () => Promise<object>>> = {
  cloudformation: () => import('@aws-sdk/client-cloudformation'),
  lambda: () => import('@aws-sdk/client-lambda'),
  kms: () => import('@aws-sdk/client-kms'),
  personalize: () => import('@aws-sdk/client-personalize'),
  sqs: () => import('@aws-sdk/client-sqs'),
};
/** Services without such a package, and commands that are the CLI's own. */
const UNKNOWN_SERVICES = ['s3', 'logs'];

async function understandAws([service = '', operation = '']: readonly string[]): Promise<void> {
  if (UNKNOWN_SERVICES.includes(service)) return;
  const client = await SERVICES[service]!();
  const name = operation.replaceAll(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (!Object.hasOwn(client, `${name}Command`)) throw new Error(`${service} has no operation ${name}.`);
}

/** Runs something that may end the process, and throws what it said if that is not how it ends. */
async function mustExit(expected: number, act: () => unknown): Promise<void> {
  let said = '';
  const write = (text: unknown) => {
    said += text;
    return true;
  };
  const spies = [
    jest.spyOn(process.stderr, 'write').mockImplementation(write),
    jest.spyOn(process.stdout, 'write').mockImplementation(write),
    jest.spyOn(process, 'exit').mockImplementation((code) => {
      throw new Ended(Number(code));
    }),
  ];
  let code = 0;
  try {
    const returned = await act();
    if (typeof returned === 'number') code = returned;
  } catch (error) {
    if (!(error instanceof Ended)) throw error;
    code = error.code;
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
  if (code !== expected) throw new Error(said);
}

class Ended extends Error {
  override readonly name = 'Ended';
  readonly code: number;

  constructor(code: number) {
    super(`ended with ${code}`);
    this.code = code;
  }
}
