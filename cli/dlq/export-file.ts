/** The file of an export: there in full, or not at all. */
import { type FileHandle, link, lstat, rename, rm } from 'node:fs/promises';
import { whyUnusable } from '../../contract/input/file-problem.ts';
import { CommandError, UsageError } from '../failure.ts';
import { createPrivateFile, draftOf } from '../private-file.ts';

/** Where an export is written to. */
export interface ExportFile {
  /** Writes lines. Those that are written at the same time do not mix. */
  write(lines: readonly string[]): Promise<void>;
  /**
   * Makes it the file that was asked for, once all of it is on the disk.
   *
   * @throws UsageError when another file has come to have the name, and it may not be replaced
   */
  finish(): Promise<void>;
  /** Leaves nothing behind. */
  discard(): Promise<void>;
}

/**
 * Begins an export.
 *
 * @param overwrite - whether a file of that name may be replaced
 * @throws UsageError when it may not, or when it cannot be written
 */
export async function createExportFile(file: string, overwrite: boolean): Promise<ExportFile> {
  if (!overwrite && (await exists(file))) throw isThere(file);
  const draft = draftOf(file);
  const handle = await openDraft(draft, file);
  let written = Promise.resolve();
  return {
    write: (lines) => {
      written = written.then(() => handle.appendFile(lines.map((line) => `${line}\n`).join('')));
      return written;
    },
    async finish() {
      await written;
      await handle.sync();
      await handle.close();
      if (overwrite) await rename(draft, file);
      else await renameToNew(draft, file);
    },
    async discard() {
      await handle.close();
      await rm(draft, { force: true });
    },
  };
}

async function openDraft(draft: string, file: string): Promise<FileHandle> {
  try {
    return await createPrivateFile(draft);
  } catch (error) {
    throw new CommandError(`${file} cannot be written: ${whyUnusable(error)}.`);
  }
}

/** Another export may have taken the name meanwhile, which renaming would replace without a word. */
async function renameToNew(draft: string, file: string): Promise<void> {
  try {
    await link(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' || (await exists(file))) throw isThere(file);
    // A file system without links.
    return rename(draft, file);
  }
  await rm(draft);
}

function isThere(file: string): UsageError {
  return new UsageError(`${file} is there already.`, 'Give another name, or --force to replace it.');
}

/** Whatever it is, if only a link to nothing. */
async function exists(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
