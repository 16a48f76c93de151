/** The file of an export: there in full, or not at all. */
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { UsageError } from '../failure.ts';

/** Where an export is written to. */
export interface ExportFile {
  /** Writes lines. Those that are written at the same time do not mix. */
  write(lines: readonly string[]): Promise<void>;
  /** Makes it the file that was asked for, once all of it is on the disk. */
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
  if (!overwrite && (await exists(file))) {
    throw new UsageError(`${file} is there already.`, 'Give another name, or --force to replace it.');
  }
  const draft = `${file}.partial`;
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
      await rename(draft, file);
    },
    async discard() {
      await handle.close();
      await rm(draft, { force: true });
    },
  };
}

async function openDraft(draft: string, file: string): Promise<FileHandle> {
  try {
    // Dead letters hold users' data: for nobody else to read.
    return await open(draft, 'w', 0o600);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${(error as Error).message}`);
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
