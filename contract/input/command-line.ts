/** How the programs that `npm` runs read what was typed: what they do not understand ends them in one way. */
import type { Command, Option } from 'commander';
import { EXIT_CODES } from './exit-codes.ts';

/** A terminal that says it has no columns has not said how many. */
const DEFAULT_COLUMNS = 80;

/** Settles what all of our commands have in common: how wide their help is, and what is said of a word that is not known. */
export function settle(command: Command): Command {
  // That a flag is off unless it is given goes without saying.
  for (const option of command.options) if (option.defaultValue === false) option.defaultValue = undefined;
  return command
    .allowExcessArguments(false)
    .showSuggestionAfterError()
    .configureOutput({
      getOutHelpWidth: () => process.stdout.columns || DEFAULT_COLUMNS,
      getErrHelpWidth: () => process.stderr.columns || DEFAULT_COLUMNS,
    });
}

/** Puts a list of names and their meanings below a command's help, as wide as the help itself. */
export function withList(command: Command, title: string, list: Readonly<Record<string, string>>): Command {
  return command.addHelpText('after', () => {
    const help = command.createHelp();
    help.helpWidth = command.configureOutput().getOutHelpWidth?.();
    const width = Math.max(...Object.keys(list).map((name) => name.length));
    const items = Object.entries(list).map(([name, meaning]) => help.formatItem(name, width, meaning, help));
    return `\n${title}\n${items.join('\n')}`;
  });
}

/**
 * Reads what was typed after `npm start --` or `npm run NAME --`. For `--help`, and for what it does not understand, it says
 * what to type, and ends the process: with 2, as the command line does, if it did not understand.
 *
 * @param command - named as it is typed, such as `npm start --`
 * @param argv - as in `process.argv`
 * @param env - where npm puts what it has kept for itself
 * @returns the command, with its options
 */
export function readCommandLine(
  command: Command,
  argv: readonly string[] = process.argv,
  env: NodeJS.ProcessEnv = process.env,
): Command {
  settle(command).exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage));
  const kept = command.options.flatMap((option) => keptByNpm(option, env));
  if (kept.length > 0) {
    const words = kept.join(' ');
    command.error(`error: npm has kept ${words} for itself. Put -- before the options: ${command.name()} ${words}`);
  }
  return command.parse([...argv]);
}

/** Options that npm has as well: their variable may come from anywhere. */
const OPTIONS_OF_NPM: ReadonlySet<string> = new Set(['all', 'force', 'json', 'only', 'yes']);

/**
 * Without `--` before it, npm takes an option for its own: the program sees a variable, and no word. Source: npm 11, which
 * warns "Unknown cli config", and docs of npm, config, "Environment Variables".
 */
function keptByNpm(option: Option, env: NodeJS.ProcessEnv): readonly string[] {
  const name = option.name().replace(/^no-/, '');
  const value = env[`npm_config_${name.replaceAll('-', '_')}`];
  if (value === undefined || OPTIONS_OF_NPM.has(name)) return [];
  if (value === '') return [`--no-${name}`];
  return [value === 'true' ? `--${name}` : `--${name}=${value}`];
}
