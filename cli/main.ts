#!/usr/bin/env node
/** The command line. See `npx personalize-users --help` and docs/cli.md. */
import { enableCompileCache } from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

// A third of the time until the first line is compiling. The cache is the user's own: what lies in a shared folder runs as them.
enableCompileCache(join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'personalize-users'));

const { main } = await import('./run.ts');
await main(process.argv);
