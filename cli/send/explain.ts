/** Why a send has ended before its end, how far it has come, and how to go on. */
import { CommandError, toCommandError } from '../failure.ts';
import { InterruptedError } from '../interruption.ts';
import { formatCount, formatNumber } from '../terminal.ts';
import type { Input } from './input.ts';
import type { Mark } from './send-users.ts';
import { UnendingRecordError } from './split-records.ts';

/** What has ended. */
export interface Ended {
  readonly input: Input;
  /** Aborted, if it was interrupted; with why. */
  readonly signal: AbortSignal;
}

/** Makes of an error what the user is told; a defect stays what it is. */
export function explainEnd(error: unknown, { input, signal }: Ended, { position, counts }: Mark): unknown {
  const { line } = position;
  const settled = `What is before line ${line} is settled: ${formatCount(counts.users, 'user')} sent, ${formatNumber(counts.rejected)} rejected.`;
  const goOn = input.file
    ? 'Go on with the same command and --resume.'
    : `Go on from line ${line}, after the header if it is CSV.`;
  if (signal.aborted) {
    const { exitCode } = signal.reason as InterruptedError;
    return new InterruptedError(exitCode, `Interrupted. ${settled}`, goOn);
  }
  if (error instanceof UnendingRecordError) return explainUnending(error, input, `${settled} Mend that line. ${goOn}`);
  const known = toCommandError(error);
  if (!known) return error;
  const { exitCode, hint } = known;
  return new CommandError(`${known.message} ${settled}`, {
    exitCode,
    hint: hint ? `${hint} ${goOn}` : goOn,
    cause: error,
  });
}

/** A quote that is never closed: the record has no end, so nothing after it can be read. */
export function explainUnending({ line }: UnendingRecordError, { name }: Input, hint: string): CommandError {
  return new CommandError(`${name}: the record that begins on line ${line} has no end. Is a quote not closed there?`, {
    hint,
  });
}
