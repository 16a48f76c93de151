/** What a user can fix, said as a sentence and what to do; all else is a defect, and keeps its stack trace. */
import { types } from 'node:util';
import { EXIT_CODES, type ExitCode } from '../contract/input/exit-codes.ts';
import { fileOf, fileProblem } from '../contract/input/file-problem.ts';
import { explainAwsError } from './aws/explain-error.ts';

export interface CommandErrorOptions extends ErrorOptions {
  /** @default 1, failed */
  readonly exitCode?: ExitCode;
  /** What to do about it, as a sentence. @default nothing is said */
  readonly hint?: string | undefined;
}

/** A command cannot do what it was asked. The message names the input and says what is wrong. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;
  readonly hint: string | undefined;

  constructor(message: string, { exitCode = EXIT_CODES.failed, hint, ...options }: CommandErrorOptions = {}) {
    super(message, options);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/** The arguments make no sense, alone or together. */
export class UsageError extends CommandError {
  constructor(message: string, hint?: string) {
    super(message, { exitCode: EXIT_CODES.usage, hint });
  }
}

/** What an error means for the user: itself, or what AWS, the network or the disk had to say. Undefined for a defect. */
export function toCommandError(error: unknown): CommandError | undefined {
  if (error instanceof CommandError) return error;
  const explained = explainAwsError(error);
  if (explained) return new CommandError(explained.message, { hint: explained.hint, cause: error });
  return isSystemError(error) ? explainSystemError(error) : undefined;
}

function explainSystemError(error: NodeJS.ErrnoException): CommandError {
  const problem = fileProblem(error);
  if (!problem) return new CommandError(error.message, { cause: error });
  const file = fileOf(error) ?? 'A file';
  return new CommandError(`${file} cannot be used: ${problem.why}.`, { hint: problem.remedy, cause: error });
}

/** Such as a disk that is full. Source: Node.js documentation, system errors. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return types.isNativeError(error) && 'syscall' in error && 'errno' in error;
}
