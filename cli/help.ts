/** What stands below the options in a command's help. */
import type { AddHelpTextContext, Command } from 'commander';

/**
 * Puts a text below a command's help, as wide as the help itself.
 *
 * @param text - paragraphs with empty lines between, each wrapped anew; what is indented, such as an example, stays as it is
 */
export function withFooter(command: Command, text: string): Command {
  EXAMPLES.set(command, /^ {2}\S.*$/m.exec(text)?.[0].trim());
  return command.addHelpText('after', ({ command, error }: AddHelpTextContext) => {
    const help = command.createHelp();
    const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
    const width = (error ? getErrHelpWidth : getOutHelpWidth)!() ?? help.helpWidth ?? 80;
    const wrap = (paragraph: string) => (/^ /m.test(paragraph) ? paragraph : help.boxWrap(unwrapped(paragraph), width));
    return `\n${text.trim().split('\n\n').map(wrap).join('\n\n')}`;
  });
}

/** The first example of each command. */
const EXAMPLES = new WeakMap<Command, string | undefined>();

/** What to type, for somebody who left out what a command needs. */
export function exampleOf(command: Command): string | undefined {
  return EXAMPLES.get(command);
}

function unwrapped(paragraph: string): string {
  return paragraph.replaceAll('\n', ' ');
}
