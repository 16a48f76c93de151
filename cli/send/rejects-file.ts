/** The file of what could not be sent: JSON Lines, in the order of the input. */
import { isUtf8 } from 'node:buffer';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { whyUnusable } from '../../contract/input/file-problem.ts';
import type { Reason } from '../../contract/message/reason.ts';
import { CommandError } from '../failure.ts';
import { createPrivateFile, PRIVATE } from '../private-file.ts';
import type { Row } from './row.ts';

/** One line of the file. */
export interface Reject {
  /** The line of the input on which the record begins. */
  readonly line: number;
  readonly code: string;
  readonly reason: string;
  /** The record as it stood in the input, or the one user of a line that had several. */
  readonly record?: string;
  /** The same, if it is not UTF-8. */
  readonly recordInBase64?: string;
}

export interface RejectsFile {
  readonly path: string;
  /** How long it is, with all that was added, in bytes. */
  bytes(): number;
  /** Adds a line, in memory. */
  add(reject: Reject): void;
  /** Writes what was added. A file without lines is not made. */
  write(): Promise<void>;
  /** Writes, and waits until a power cut would not take it away. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** How each line begins. */
const BEGINNING = '{"line":';

/** Makes a line of the file. */
export function rejectOf({ line, text }: Row, { code, message }: Reason): Reject {
  const head = { line, code, reason: message };
  if (text === undefined) return head;
  if (typeof text === 'string') return { ...head, record: text };
  return isUtf8(text)
    ? { ...head, record: text.toString('utf8') }
    : { ...head, recordInBase64: text.toString('base64') };
}

/**
 * Opens the file.
 *
 * @param bytes - how much of it is kept: what a send that is resumed has settled; 0 for a new one, which replaces the file
 * of an earlier one
 * @throws CommandError when there is such a file, and it is something else; or when it could not be written
 */
export async function openRejects(path: string, bytes: number): Promise<RejectsFile> {
  const found = await inspect(path);
  if (found.bytes < bytes) {
    throw new CommandError(`${path} holds ${found.bytes} bytes, and had ${bytes} when the send was interrupted.`, {
      hint: 'Put it back, or start over with --restart.',
    });
  }
  // Whatever rights the old one has, or if it is a link: the new one is made anew.
  if (bytes === 0) await mustBeWritable(path);
  let handle: FileHandle | undefined;
  if (bytes > 0) {
    handle = await open(path, 'r+');
    // It may be of a version that let others read it.
    await handle.chmod(PRIVATE);
    await handle.truncate(bytes);
  }
  let written = bytes;
  let pending: string[] = [];
  let pendingBytes = 0;

  const write = async () => {
    if (pending.length === 0) return;
    const data = Buffer.from(pending.join(''));
    pending = [];
    pendingBytes = 0;
    handle ??= await createPrivateFile(path);
    for (let at = 0; at < data.length; ) {
      at += (await handle.write(data, at, data.length - at, written + at)).bytesWritten;
    }
    written += data.length;
  };
  return {
    path,
    bytes: () => written + pendingBytes,
    add: (reject) => {
      const line = `${JSON.stringify(reject)}\n`;
      pending.push(line);
      pendingBytes += Buffer.byteLength(line);
    },
    write,
    sync: async () => {
      await write();
      await handle?.datasync();
    },
    close: async () => {
      await write();
      await handle?.close();
    },
  };
}

/** Makes the file, and removes it: it is made when there is something for it. Better found out now than after users were sent. */
async function mustBeWritable(path: string): Promise<void> {
  try {
    await rm(path, { force: true });
    await (await createPrivateFile(path)).close();
    await rm(path);
  } catch (error) {
    const why = whyUnusable(error);
    throw new CommandError(`The rejects file ${path} cannot be written: ${why}.`, {
      hint: 'Give another one: --rejects FILE.',
      cause: error,
    });
  }
}

async function inspect(path: string): Promise<{ readonly bytes: number }> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError(`The rejects file ${path} cannot be used: ${whyUnusable(error)}.`, {
      hint: 'Give another one: --rejects FILE.',
    });
  });
  if (!stats) return { bytes: 0 };
  if (!stats.isFile())
    throw new CommandError(`The rejects file ${path} is no regular file.`, {
      hint: 'Give another one: --rejects FILE.',
    });
  if (stats.size > 0 && !(await beginsAsOurs(path))) {
    throw new CommandError(`${path} is there already, and is no file of rejects: it would be lost.`, {
      hint: 'Give another one: --rejects FILE.',
    });
  }
  return { bytes: stats.size };
}

async function beginsAsOurs(path: string): Promise<boolean> {
  await using handle = await open(path);
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING.length), 0, BEGINNING.length, 0);
  return buffer.subarray(0, bytesRead).toString() === BEGINNING;
}
