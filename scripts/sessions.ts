/** The terminal sessions of README.md: what is typed into the embedded world, and what it says. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { announceWorld } from '../local/announce-world.ts';
import { startWorld, synthesizeWorld, type WorldState } from '../local/world.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const SCHEMA = join(PROJECT, 'samples/users-schema.avsc');

interface Session {
  /** What README.md has it under. */
  readonly name: string;
  readonly typed: string;
  /** What has come of the sessions before, while it was typed. @default nothing is waited for */
  readonly once?: (state: WorldState) => boolean;
}

const SESSIONS: readonly Session[] = [
  { name: 'send', typed: 'npx personalize-users send samples/users.csv --local' },
  { name: 'send-misnamed', typed: 'npx personalize-users send samples/misnamed.jsonl --schema-check off --local' },
  { name: 'status', typed: 'npx personalize-users status --local', once: ({ deadLetters }) => deadLetters === 12 },
  { name: 'dlq-list', typed: 'npx personalize-users dlq list --local', once: ({ left }) => left === 0 },
  {
    name: 'dlq-replay',
    typed: `npx personalize-users dlq replay --error-code SchemaMismatch --edit "sed 's/countryCode/country/'" --yes --local`,
  },
];

const BLOCK = /(<!-- session:([\w-]+) -->\n)([\s\S]*?)(<!-- \/session -->)/g;

/** The sessions that a page has, by name. */
export function sessionsIn(page: string): Readonly<Record<string, string>> {
  return Object.fromEntries([...page.matchAll(BLOCK)].map(([, , name, block]) => [name, block]));
}

/** The page with these sessions in the place of its own. */
export function withSessions(page: string, sessions: Readonly<Record<string, string>>): string {
  return page.replace(BLOCK, (all, begin: string, name: string, _, end: string) =>
    sessions[name] === undefined ? all : `${begin}${sessions[name]}${end}`,
  );
}

/** Types all of them into a world as `npm start -- --serve` runs one, and returns a block of the page for each. */
export async function playSessions(): Promise<Readonly<Record<string, string>>> {
  const directory = await mkdtemp(join(tmpdir(), 'personalize-users-'));
  await synthesizeWorld({ schemaFile: SCHEMA }, directory);
  const world = await startWorld({ assemblyDirectory: directory, schema: SCHEMA });
  const worldFile = join(directory, 'world.json');
  const withdraw = await announceWorld(world, worldFile);
  try {
    const played: Record<string, string> = {};
    for (const { name, typed, once } of SESSIONS) {
      if (once) for await (const state of world.untilEmpty()) if (once(state)) break;
      played[name] = `\`\`\`console\n$ ${typed}\n${await run(typed, directory, worldFile)}\n\`\`\`\n`;
    }
    return played;
  } finally {
    await withdraw();
    await world.stop();
    await rm(directory, { recursive: true });
  }
}

/** Runs a command, and returns what a terminal shows at its end: of lines that are replaced there, nothing. */
async function run(typed: string, directory: string, worldFile: string): Promise<string> {
  const rejects = join(directory, 'rejects.jsonl');
  const command = typed
    .replace('npx personalize-users', `"${process.execPath}" cli/main.ts`)
    .replace('--local', `--world "${worldFile}"`)
    .replace(/ send /, ` send --rejects "${rejects}" `);
  return new Promise((resolve) => {
    // Some of these end with a code that tells of rejects; that is part of what is shown.
    execFile(
      'sh',
      ['-c', `{ ${command}; } 2>&1`],
      { cwd: PROJECT, env: { ...process.env, NO_COLOR: '1' } },
      (_, text) =>
        resolve(
          stripVTControlCharacters(text)
            .replaceAll(rejects, `${/samples\/\S+/.exec(typed)?.[0]}.rejects.jsonl`)
            .split('\n')
            .filter((line) => !line.endsWith('...') || /^ /.test(line))
            .join('\n')
            .trimEnd(),
        ),
    );
  });
}

/** Without what differs each time: ids, times, ages, rates, and of a queue that is being worked on, how much is left. */
export function masked(session: string): string {
  return session
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/g, 'ID')
    .replace(/"userId":"partner-\d+","properties":\{.*/g, 'BODY')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/^(Users queue|Oldest message|Delivery rate|Time to drain|Sources) .*$/gm, '$1')
    .replace(/(first \S+ ago, last )?\d+s ago/g, 'AGO')
    .replace(/\d+s \([\d,]+ a second\)/g, 'PACE');
}

/** README.md, where the sessions are. */
export const README = join(PROJECT, 'README.md');

export async function readmeText(): Promise<string> {
  return readFile(README, 'utf8');
}
