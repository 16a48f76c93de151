/** Files that hold users' data: for nobody else to read, from their first byte on. */
import { randomUUID } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';

/** Read and written by their owner alone. */
export const PRIVATE = 0o600;

/**
 * Makes a file that is not there yet.
 *
 * @throws EEXIST when something has the name, if only a link: its rights would hold, and somebody may read it already
 */
export function createPrivateFile(path: string): Promise<FileHandle> {
  return open(path, 'wx', PRIVATE);
}

/** A name beside a file, for what becomes that file once it is whole. Nobody else has it. */
export function draftOf(path: string): string {
  return `${path}.${randomUUID().slice(0, 8)}.partial`;
}
