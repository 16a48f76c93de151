/**
 * Types the sessions of README.md into an embedded world, and puts what it says between `<!-- session:NAME -->` and
 * `<!-- /session -->`: `npm run docs:sessions`.
 */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { playSessions, README, readmeText, withSessions } from './sessions.ts';

readCommandLine(new Command('npm run docs:sessions --').description('Writes the terminal sessions of README.md.'));

const sessions = await playSessions();
await writeFile(README, withSessions(await readmeText(), sessions));
console.log(Object.values(sessions).join('\n'));
