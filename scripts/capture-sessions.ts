/**
 * Runs the command line against an embedded world as a person would, and puts what it prints into README.md, between
 * `<!-- session:NAME -->` and `<!-- /session -->`. Ids and times differ each time, so nothing checks them.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { announceWorld } from '../local/announce-world.ts';
import { startWorld, synthesizeWorld, type World } from '../local/world.ts';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));
const README = join(PROJECT, 'README.md');
const COUNTRIES = ['NL', 'DE', 'FR', 'ES'];

/** What is typed, by the name that README.md has it under. */
const SESSIONS: Readonly<Record<string, string>> = {
  send: 'personalize-users send users.csv --schema users-schema.avsc',
  // Off a terminal, these would show their progress line by line.
  status: 'personalize-users status 2>/dev/null',
  'dlq-list': 'personalize-users dlq list 2>/dev/null',
  'dlq-replay': `personalize-users dlq replay --error-code SchemaMismatch --edit "sed 's/countryCode/country/'" --yes 2>/dev/null`,
};

/** 2,000 users, of which a few say `COUNTRY_CODE` where the dataset has `COUNTRY`, and one has no name. */
function usersCsv(): string {
  const rows = Array.from({ length: 2000 }, (_, index) => {
    const userId = index === 1234 ? '' : `user-${String(index).padStart(4, '0')}`;
    return `${userId},${18 + (index % 60)},Premium,${COUNTRIES[index % 4]},${index % 100},true`;
  });
  return ['USER_ID,AGE,MEMBERSHIP_TYPE,COUNTRY,NUMBER_OF_VIDEOS_WATCHED,SUBSCRIBED', ...rows, ''].join('\n');
}

/** Users that do not fit the schema, until an operator mends them: a partner sends them, who does not know it. */
function misnamedUsers(): string {
  const lines = Array.from({ length: 12 }, (_, index) =>
    JSON.stringify({
      userId: `partner-${index}`,
      properties: { membershipType: 'Basic', countryCode: 'NL', numberOfVideosWatched: index, subscribed: false },
    }),
  );
  return `${lines.join('\n')}\n`;
}

/** Runs a command, and returns what a terminal would show of it. */
async function run(command: string, directory: string, worldFile: string): Promise<string> {
  const cli = join(PROJECT, 'cli/main.ts');
  const typed = command.replace(/^personalize-users ((?:dlq )?[a-z]+)/, `node ${cli} $1 --world ${worldFile}`);
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    // Some of these end with a code that tells of rejects; that is part of what is shown.
    execFile('sh', ['-c', `{ ${typed}; } 2>&1`], { cwd: directory, env }, (_, stdout) =>
      resolve(stripVTControlCharacters(stdout).trimEnd()),
    );
  });
}

async function untilEmpty(world: World): Promise<void> {
  for await (const _ of world.untilEmpty());
}

const directory = await mkdtemp(join(tmpdir(), 'personalize-users-'));
const schema = join(PROJECT, 'samples/users-schema.avsc');
await synthesizeWorld({ schemaFile: schema }, directory);
const world = await startWorld({ assemblyDirectory: directory, schema });
const worldFile = join(directory, 'world.json');
const withdraw = await announceWorld(world, worldFile);
try {
  await writeFile(join(directory, 'users.csv'), usersCsv());
  await writeFile(join(directory, 'users-schema.avsc'), await readFile(schema));
  await writeFile(join(directory, 'misnamed.jsonl'), misnamedUsers());

  const shown: Record<string, string> = {};
  const show = async (name: string) => {
    const command = SESSIONS[name]!;
    const output = await run(command, directory, worldFile);
    shown[name] = `\`\`\`console\n$ npx ${command.replace(' 2>/dev/null', '')}\n${output}\n\`\`\`\n`;
  };
  await run('personalize-users send misnamed.jsonl --schema-check off', directory, worldFile);
  await untilEmpty(world);
  await show('send');
  await show('status');
  await untilEmpty(world);
  await show('dlq-list');
  await show('dlq-replay');

  const readme = await readFile(README, 'utf8');
  const updated = readme.replace(
    /(<!-- session:([\w-]+) -->\n)[\s\S]*?(<!-- \/session -->)/g,
    (_, begin: string, name: string, end: string) => `${begin}${shown[name]}${end}`,
  );
  await writeFile(README, updated);
  console.log(Object.values(shown).join('\n'));
} finally {
  await withdraw();
  await world.stop();
  await rm(directory, { recursive: true });
}
