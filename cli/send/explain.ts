/** Why a send has ended before its end, how far it has come, and how to go on. */
import { CommandError, toCommandError } from '../failure.ts';
import { InterruptedError } from '../interruption.ts';
import { formatCount, formatNumber } from '../terminal.ts';
import { OtherHeaderError } from './header-again.ts';
import type { Input } from './input.ts';
import type { Mark } from './send-users.ts';
import { BrokenJsonError } from './split-json.ts';
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
  if (isBroken(error)) return explainBroken(error, input, `${settled} Mend that line. ${goOn}`);
  const known = toCommandError(error);
  if (!known) return error;
  const { exitCode, hint } = known;
  return new CommandError(`${known.message} ${settled}`, {
    exitCode,
    hint: hint ? `${hint} ${goOn}` : goOn,
    cause: error,
  });
}

/** What follows cannot be read, or not into the right columns. */
export type BrokenInput = UnendingRecordError | BrokenJsonError | OtherHeaderError;

export function isBroken(error: unknown): error is BrokenInput {
  return error instanceof UnendingRecordError || error instanceof BrokenJsonError || error instanceof OtherHeaderError;
}

export function explainBroken(error: BrokenInput, { name }: Input, hint: string): CommandError {
  const { line, message } = error;
  if (error instanceof UnendingRecordError) {
    return new CommandError(
      `${name}: the record that begins on line ${line} has no end. Is a quote not closed there?`,
      {
        hint,
      },
    );
  }
  if (error instanceof BrokenJsonError) return new CommandError(`${name}, line ${line}: ${message}.`, { hint });
  return new CommandError(`${name}: line ${line} ${message}.`, { hint: `Split the file there. ${hint}` });
}
