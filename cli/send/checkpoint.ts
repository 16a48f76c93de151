/**
 * How far a send has come, in a file beside the one that is sent: all before it is in the queue, or in the file of rejects.
 * It is there from before the first message is sent until after the last.
 */
import { open, readFile, rename, rm } from 'node:fs/promises';
import * as v from 'valibot';
import { CommandError } from '../failure.ts';

const wholeNumber = v.pipe(v.number(), v.integer(), v.minValue(0));

const schema = v.object({
  version: v.literal(1),
  queueUrl: v.string(),
  format: v.picklist(['csv', 'jsonl']),
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
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError(`${file} cannot be read: ${error.message}.`);
  });
  if (text === undefined) return undefined;
  const result = v.safeParse(schema, parse(text));
  if (result.success) return result.output;
  throw new CommandError(`${file} is no checkpoint of this version.`, { hint: 'Start over with --restart.' });
}

/** Writes a checkpoint: whoever reads it, after a crash at any instant, gets this one or the one before. */
export async function writeCheckpoint(file: string, checkpoint: Checkpoint): Promise<void> {
  const draft = `${file}.new`;
  {
    await using handle = await open(draft, 'w');
    await handle.writeFile(`${JSON.stringify(checkpoint)}\n`);
    await handle.datasync();
  }
  await rename(draft, file);
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
