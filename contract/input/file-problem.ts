/** What the operating system says about files, in words. */

/** Why a file cannot be used, and what to do about it. */
export interface FileProblem {
  /** Completes the sentence "FILE cannot be used: ...". */
  readonly why: string;
  /** A sentence. */
  readonly remedy: string;
}

const ELSEWHERE = 'Give a name in a folder that can be written to.';

/** By the codes of system errors. Source: Node.js documentation, common system errors; errno(3). */
const PROBLEMS: Readonly<Record<string, FileProblem>> = {
  ENOENT: { why: 'there is no such file or folder', remedy: 'Check the name.' },
  EEXIST: { why: 'something else is there', remedy: 'Give another name.' },
  ENOTDIR: { why: 'a part of its path is no folder', remedy: 'Check the name.' },
  EISDIR: { why: 'it is a folder', remedy: 'Give the name of a file.' },
  ELOOP: { why: 'its links go round in circles', remedy: 'Check the name.' },
  ENAMETOOLONG: { why: 'the name is too long', remedy: 'Give a shorter name.' },
  EINVAL: { why: 'such a name is not possible there', remedy: 'Give another name.' },
  EACCES: { why: 'no permission', remedy: `Get permission for it, or for its folder. ${ELSEWHERE}` },
  EPERM: { why: 'no permission', remedy: `Get permission for it, or for its folder. ${ELSEWHERE}` },
  EROFS: { why: 'the file system is read-only', remedy: ELSEWHERE },
  ENOSPC: { why: 'the disk is full', remedy: 'Make room, and try again.' },
  EDQUOT: { why: 'the quota of the disk is used up', remedy: 'Make room, and try again.' },
  EFBIG: { why: 'it would be larger than files may be', remedy: 'Give a name on another disk.' },
  EMFILE: { why: 'too many files are open', remedy: 'Raise the limit (ulimit -n), and try again.' },
  ENFILE: { why: 'too many files are open on this machine', remedy: 'Close some, and try again.' },
  EBUSY: { why: 'something else uses it', remedy: 'Try again when that has ended.' },
  ETXTBSY: { why: 'it is a program that runs', remedy: 'Give another name.' },
  EXDEV: { why: 'it is on another disk', remedy: ELSEWHERE },
  EIO: { why: 'the disk does not answer', remedy: 'Check the disk, or give a name on another.' },
};

/** What a system error says about a file. Undefined for any other error. */
export function fileProblem(error: unknown): FileProblem | undefined {
  const { code, syscall } = (error ?? {}) as { readonly code?: unknown; readonly syscall?: unknown };
  const isKnown = typeof syscall === 'string' && typeof code === 'string' && Object.hasOwn(PROBLEMS, code);
  return isKnown ? PROBLEMS[code] : undefined;
}

/** Why something about a file has failed, in words if there are any for it, and else as the error says it. */
export function whyUnusable(error: unknown): string {
  return fileProblem(error)?.why ?? (error as Error).message;
}

/** Which file a system error is about, if it says so: a rename has two, and is about the second. */
export function fileOf(error: unknown): string | undefined {
  const { path, dest } = (error ?? {}) as { readonly path?: unknown; readonly dest?: unknown };
  return [dest, path].find((name) => typeof name === 'string');
}
