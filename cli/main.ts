#!/usr/bin/env node
/** The command line. See `npx personalize-users --help` and docs/cli.md. */
import { INTERRUPTION } from './interruption.ts';
import { createProgram } from './program.ts';
import { run } from './run.ts';

process.exitCode = await run(createProgram(), process.argv);
if (INTERRUPTION.aborted) endSoon();

/** Whatever is still open, such as a child that provides credentials, or a pipe that nobody reads. */
function endSoon(): void {
  setTimeout(() => process.exit(), 1_000).unref();
}
