#!/usr/bin/env node
/** The command line. See `npx personalize-users --help` and docs/cli.md. */
import { createProgram } from './program.ts';
import { run } from './run.ts';

process.exitCode = await run(createProgram(), process.argv);
