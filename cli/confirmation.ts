/** Asking before something is done that cannot be undone. */
import confirm from '@inquirer/confirm';
import { EXIT_CODES } from '../contract/input/exit-codes.ts';
import { CommandError } from './failure.ts';
import { InterruptedError, interruptionSignal } from './interruption.ts';
import { isInteractive } from './terminal.ts';

export interface ConfirmationOptions {
  /** `--yes` was given: nobody is asked. */
  readonly yes?: boolean | undefined;
}

/**
 * Asks for a yes.
 *
 * @throws CommandError when the answer is no, or when there is nobody to ask
 */
export async function askFor(question: string, { yes }: ConfirmationOptions): Promise<void> {
  if (yes) return;
  if (!isInteractive()) {
    throw new CommandError(`"${question}" needs an answer, and there is no terminal to ask at.`, {
      exitCode: EXIT_CODES.declined,
      hint: 'Give --yes to answer it beforehand.',
    });
  }
  if (!(await answerTo(question))) {
    throw new InterruptedError(EXIT_CODES.declined, 'Nothing was done.');
  }
}

/** Ctrl-C as a key, and as a signal from elsewhere. */
const ENDED = new Set(['ExitPromptError', 'AbortPromptError']);

async function answerTo(question: string): Promise<boolean> {
  try {
    return await confirm(
      { message: question, default: false },
      { output: process.stderr, signal: interruptionSignal() },
    );
  } catch (error) {
    if (!ENDED.has((error as Error).name)) throw error;
    throw new InterruptedError(EXIT_CODES.interrupted, 'Interrupted. Nothing was done.');
  }
}
