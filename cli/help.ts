/** What stands below the options in a command's help. */
import type { AddHelpTextContext, Command } from 'commander';

/**
 * Puts a text below a command's help, as wide as the help itself.
 *
 * @param text - paragraphs with empty lines between, each wrapped anew; what is indented, such as an example, stays as it is
 */
export function withFooter(command: Command, text: string): Command {
  return command.addHelpText('after', ({ command, error }: AddHelpTextContext) => {
    const help = command.createHelp();
    const { getErrHelpWidth, getOutHelpWidth } = command.configureOutput();
    const width = (error ? getErrHelpWidth : getOutHelpWidth)!() ?? help.helpWidth ?? 80;
    const wrap = (paragraph: string) => (/^ /m.test(paragraph) ? paragraph : help.boxWrap(unwrapped(paragraph), width));
    return `\n${text.trim().split('\n\n').map(wrap).join('\n\n')}`;
  });
}

function unwrapped(paragraph: string): string {
  return paragraph.replaceAll('\n', ' ');
}
