/** Runs a program of commands and turns whatever comes of it into an exit code. */
import { type Command, CommanderError } from 'commander';
import { settle } from '../contract/input/command-line.ts';
import { EXIT_CODES, type ExitCode } from '../contract/input/exit-codes.ts';
import { toCommandError } from './failure.ts';
import { exampleOf } from './help.ts';
import { INTERRUPTION, InterruptedError, interrupt } from './interruption.ts';
import { createProgram } from './program.ts';
import { note, styled } from './terminal.ts';

/** Runs the program as a process of its own, and leaves its exit code in `process.exitCode`. */
export async function main(argv: readonly string[]): Promise<void> {
  endWhenNobodyReads();
  process.exitCode = await run(await createProgram(argv.slice(2)), argv);
  if (INTERRUPTION.aborted) endSoon();
}

/** Whatever is still open, such as a child that provides credentials, or a pipe that nobody reads. */
function endSoon(): void {
  setTimeout(() => process.exit(), 1_000).unref();
}

/**
 * Runs the command that the arguments name. What a user can fix is said in a sentence or two, with no stack trace.
 *
 * @param argv - as in `process.argv`
 * @returns what to exit with: what the command has put into `process.exitCode`, or what it failed with
 */
export async function run(program: Command, argv: readonly string[]): Promise<ExitCode> {
  settleAll(program);
  try {
    await program.parseAsync([...argv]);
    return (process.exitCode ?? EXIT_CODES.ok) as ExitCode;
  } catch (error) {
    return report(isAbort(error) && INTERRUPTION.aborted ? INTERRUPTION.reason : error);
  }
}

/** What waiting throws when its signal is aborted. */
function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}

function report(error: unknown): ExitCode {
  // Commander has said it already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_CODES.ok : EXIT_CODES.usage;
  const known = toCommandError(error);
  if (!known) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    note(`${styled('red', 'defect:', process.stderr)} ${stack}`);
    return EXIT_CODES.failed;
  }
  const isFailure = !(known instanceof InterruptedError);
  note(isFailure ? `${styled('red', 'error:', process.stderr)} ${known.message}` : known.message);
  if (known.hint) note(known.hint);
  return known.exitCode;
}

/** Added commands do not inherit it. */
function settleAll(command: Command): void {
  settle(command).exitOverride((error) => {
    const example = error.code === 'commander.missingArgument' ? exampleOf(command) : undefined;
    if (example !== undefined) note(`Such as: ${example}`);
    throw error;
  });
  for (const sub of command.commands) settleAll(sub);
}

/** `| head` closes the pipe: that is no failure of the command, which ends in good order. */
function endWhenNobodyReads(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    interrupt(new InterruptedError(EXIT_CODES.ok, 'Nobody reads the output any longer.'));
  });
}
