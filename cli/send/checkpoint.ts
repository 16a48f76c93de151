/**
 * How far a send has come, in a file beside the one that is sent: all before it is in the queue, or in the file of rejects.
 * It is there from before the first message is sent until after the last.
 */
import { readFile, rename, rm } from 'node:fs/promises';
import * as v from 'valibot';
import { fileProblem, whyUnusable } from '../../contract/input/file-problem.ts';
import { textOf } from '../../contract/input/utf8-text.ts';
import { CommandError } from '../failure.ts';
import { createPrivateFile, draftOf } from '../private-file.ts';
import { FORMATS } from './format.ts';

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));

const schema = v.object({
  version: v.literal(1),
  queueUrl: v.string(),
  /** The source of its messages. Checkpoints of earlier versions have none. */
  source: v.optional(v.string()),
  format: v.picklist(FORMATS),
  position: v.object({ offset: wholeNumber, line: wholeNumber }),
  /** SHA-256 of the file before that, in hex. */
  fingerprint: v.string(),
  rejects: v.object({ file: v.string(), bytes: wholeNumber }),
  counts: v.object({ users: wholeNumber, messages: wholeNumber, rejected: wholeNumber }),
});

export type Checkpoint = v.InferOutput<typeof schema>;

/** Where the checkpoint of a file is. */
export function checkpointFileOf(path: string): string {
  return `${path}.checkpoint.json`;
}

/**
 * Reads a checkpoint; undefined when there is none.
 *
 * @throws CommandError when it is not one
 */
export async function readCheckpoint(file: string): Promise<Checkpoint | undefined> {
  const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError(`${file} cannot be read: ${whyUnusable(error)}.`);
  });
  if (bytes === undefined) return undefined;
  const result = v.safeParse(schema, parse(textOf(bytes) ?? ''));
  if (result.success) return result.output;
  throw new CommandError(`${file} is no checkpoint of this version.`, { hint: 'Start over with --restart.' });
}

/** Writes a checkpoint: whoever reads it, after a crash at any instant, gets this one or the one before. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const draft = draftOf(file);
  try {
    {
      await using handle = await createPrivateFile(draft);
      await handle.writeFile(`${JSON.stringify(checkpoint)}\n`);
      await handle.datasync();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true }).catch(() => {});
    throw explain(error, file);
  }
}

function explain(error: unknown, file: string): unknown {
  const problem = fileProblem(error);
  if (!problem) return error;
  return new CommandError(`The checkpoint ${file} cannot be written: ${problem.why}.`, {
    hint: 'It stands beside the file that is sent. Make room for it; or copy the file to another folder, and send that.',
    cause: error,
  });
}

export async function removeCheckpoint(file: string): Promise<void> {
  await rm(file, { force: true });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
