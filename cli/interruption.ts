/** Ctrl-C and SIGTERM: the first asks a command to end in good order, the second ends it at once. */
import { EXIT_CODES, type ExitCode } from '../contract/input/exit-codes.ts';
import { CommandError } from './failure.ts';

/** The command was asked to end, or told not to begin: no failure. */
export class InterruptedError extends CommandError {
  constructor(exitCode: ExitCode, message = 'Interrupted.', hint?: string) {
    super(message, { exitCode, hint });
  }
}

const EXIT_BY_SIGNAL = { SIGINT: EXIT_CODES.interrupted, SIGTERM: EXIT_CODES.terminated } as const;

const interruption = new AbortController();
let isListening = false;

/** The signal that {@link interruptionSignal} gives, without asking for it. */
export const INTERRUPTION: AbortSignal = interruption.signal;

/**
 * The signal that is aborted by the first Ctrl-C or SIGTERM; its `reason` is an {@link InterruptedError}. Until it is
 * asked for, both end the process as they always do.
 */
export function interruptionSignal(): AbortSignal {
  if (isListening) return interruption.signal;
  isListening = true;
  for (const [signal, exitCode] of Object.entries(EXIT_BY_SIGNAL)) {
    process.on(signal, () => {
      if (interruption.signal.aborted) process.exit(exitCode);
      interrupt(new InterruptedError(exitCode));
    });
  }
  return interruption.signal;
}

/** Ends the command as Ctrl-C does, for another reason. */
export function interrupt(reason: InterruptedError): void {
  interruption.abort(reason);
}
