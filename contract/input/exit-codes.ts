/** How our programs end: one table, for scripts to go by, and for docs/cli.md. */

/** Exit codes by what they mean. */
export const EXIT_CODES = {
  /** All was done. */
  ok: 0,
  /** It failed; what was done up to then is done. */
  failed: 1,
  /** The command line cannot be understood: an unknown option, a value that is none. Nothing was done. */
  usage: 2,
  /** It is done, but for what was left out and counted: lines that were rejected, dead letters that stayed. */
  incomplete: 3,
  /** Nobody said yes: the answer was no, or there was no terminal to ask at and no `--yes`. Nothing was done. */
  declined: 4,
  /** Ctrl-C, as shells have it: 128 and the number of SIGINT. */
  interrupted: 130,
  /** SIGTERM: 128 and its number. */
  terminated: 143,
} as const;

export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];
