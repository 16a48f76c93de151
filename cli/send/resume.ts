/** Where a send begins: at the start, or where an earlier one of the same file has ended. */
import { newSource } from '../../aws/sqs/source.ts';
import { CommandError, UsageError } from '../failure.ts';
import { type Checkpoint, checkpointFileOf, readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint.ts';
import { createFingerprint } from './fingerprint.ts';
import type { Format } from './format.ts';
import type { Input } from './input.ts';
import type { Mark } from './send-users.ts';

export interface ResumeOptions {
  /** `--resume`: go on where an earlier send has ended. */
  readonly resume?: boolean | undefined;
  /** `--restart`: forget an earlier send. */
  readonly restart?: boolean | undefined;
  /** `--source`. @default one of its own */
  readonly source?: string | undefined;
}

/** What a send needs, to be gone on with later. */
export interface Progression {
  readonly from: Mark;
  readonly isResumed: boolean;
  /** The source of its messages, on a standard queue: that of the send that it goes on with. */
  readonly source: string;
  /** What is to be read for it. */
  readonly input: Input;
  /** Notes how far it has come. What is in the file of rejects by then must be safe there. */
  save(mark: Mark): Promise<void>;
  /** Forgets it: all is done. */
  finish(): Promise<void>;
}

export interface ProgressionTarget {
  readonly queueUrl: string;
  readonly format: Format;
  readonly rejectsFile: string;
}

/**
 * Begins a send of a file, or goes on with one.
 *
 * @throws CommandError when there is nothing to go on with, or something that was not asked for, or when the file, the queue
 * or the options are others than they were
 */
export async function beginSend(
  input: Input & { readonly file: object },
  { queueUrl, format, rejectsFile }: ProgressionTarget,
  { resume = false, restart = false, source: given }: ResumeOptions,
): Promise<Progression> {
  if (resume && restart)
    throw new UsageError('--resume goes on with a send, and --restart forgets it: give one of them.');
  const { file } = input;
  const checkpointFile = checkpointFileOf(file.path);
  const found = restart ? undefined : await readCheckpoint(checkpointFile);
  if (found && !resume) {
    throw new UsageError(
      `An earlier send of ${file.path} has ended before line ${found.position.line}.`,
      '--resume goes on there; --restart starts over.',
    );
  }
  if (resume && !found) {
    throw new UsageError(
      `There is no send of ${file.path} to go on with: it has no ${checkpointFile}.`,
      'It was sent in full, or never begun. Without --resume it is sent from its beginning.',
    );
  }
  const source = given ?? found?.source ?? newSource('send');
  const fingerprint = createFingerprint();
  const save = async ({ position, counts, rejectsBytes }: Mark) => {
    await writeCheckpoint(checkpointFile, {
      version: 1,
      queueUrl,
      source,
      format: format.name,
      position,
      fingerprint: fingerprint.upTo(position.offset),
      rejects: { file: rejectsFile, bytes: rejectsBytes },
      counts,
    });
  };
  if (found) checkSame(found, { queueUrl, format, rejectsFile, source });
  const { offset } = found ? found.position : format.start;
  const before = await fingerprint.begin(input.chunks(0), offset);
  if (found && before !== found.fingerprint) {
    throw new CommandError(`${file.path} has changed before line ${found.position.line}, up to where it was sent.`, {
      hint: 'Start over with --restart: a user who is sent again is the same user.',
    });
  }
  return {
    from: found ? markOf(found) : { position: format.start, counts: NONE, rejectsBytes: 0 },
    isResumed: found !== undefined,
    source,
    input: { ...input, chunks: (from) => fingerprint.watch(input.chunks(from)) },
    save,
    finish: () => removeCheckpoint(checkpointFile),
  };
}

const NONE = { users: 0, messages: 0, rejected: 0 };

function markOf({ position, counts, rejects }: Checkpoint): Mark {
  return { position, counts, rejectsBytes: rejects.bytes };
}

function checkSame(found: Checkpoint, now: ProgressionTarget & { readonly source: string }): void {
  const is = (what: string, then: string, given: string) =>
    new UsageError(
      `The send that is gone on with had the ${what} ${then}, not ${given}.`,
      'Give the same, or --restart.',
    );
  if (found.queueUrl !== now.queueUrl) throw is('queue', found.queueUrl, now.queueUrl);
  if (found.format !== now.format.name) throw is('format', found.format, now.format.name);
  if (found.source !== undefined && found.source !== now.source) throw is('source', found.source, now.source);
  if (found.rejects.file !== now.rejectsFile) throw is('file of rejects', found.rejects.file, now.rejectsFile);
}

/** Begins a send of what cannot be read again. */
export function unresumable(input: Input, format: Format, source = newSource('send')): Progression {
  return {
    from: { position: format.start, counts: NONE, rejectsBytes: 0 },
    isResumed: false,
    source,
    input,
    save: async () => {},
    finish: async () => {},
  };
}
