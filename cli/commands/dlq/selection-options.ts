/** The options by which commands select dead letters. */
import { type Command, InvalidArgumentError } from 'commander';
import { readSince, type Selection } from '../../dlq/selection.ts';

export interface SelectionOptions {
  readonly errorCode?: readonly string[] | undefined;
  readonly since?: string | undefined;
}

/** Gives a command the options. */
export function withSelection(command: Command): Command {
  return command
    .option(
      '--error-code <code>',
      'only letters with this code, or one of several (code,code); "none" is for letters that SQS itself moved',
      addCodes,
    )
    .option(
      '--since <when>',
      'only letters that came since then: 30m, 2h, 3d, or a time like 2030-01-31T08:00Z',
      checkSince,
    );
}

/** @param now - in milliseconds since the epoch */
export function selectionOf({ errorCode, since }: SelectionOptions, now: number): Selection {
  return { errorCodes: errorCode, since: since === undefined ? undefined : readSince(since, now) };
}

function addCodes(text: string, sofar: readonly string[] = []): readonly string[] {
  return [...sofar, ...text.split(',').map((code) => code.trim())];
}

function checkSince(text: string): string {
  if (readSince(text, Date.now()) === undefined) {
    throw new InvalidArgumentError('It takes a duration like 30m, 2h or 3d, or a time like 2030-01-31T08:00Z.');
  }
  return text;
}
