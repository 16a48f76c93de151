/**
 * Types the sessions of README.md into an embedded world, and puts what it says between `<!-- session:NAME -->` and
 * `<!-- /session -->`: `npm run docs:sessions`.
 */
import { writeFile } from 'node:fs/promises';
import { playSessions, README, readmeText, withSessions } from './sessions.ts';

const sessions = await playSessions();
await writeFile(README, withSessions(await readmeText(), sessions));
console.log(Object.values(sessions).join('\n'));
