/** A file that was given cannot be used. The message names it, and says why and what to do. */
export class UnusableFileError extends Error {
  override readonly name = 'UnusableFileError';
}
