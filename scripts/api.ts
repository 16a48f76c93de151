/**
 * Writes what is public: the reports in api/, one for each part of the package that programs import, and docs/api.md:
 * `npm run docs:api`. With `--check` it only says whether they are up to date. A report that changes is a change of what others
 * depend on: CONTRIBUTING.md says what that means for the version.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { readCommandLine } from '../contract/input/command-line.ts';
import { PROJECT_ROOT } from '../lib/bundling.ts';
import { type ApiPart, writeReference } from './package/api-reference.ts';
import { extractTypes, type Part } from './package/types.ts';

const { check } = readCommandLine(
  new Command('npm run docs:api --')
    .description('Writes the reports in api/ and docs/api.md, from the code.')
    .option('--check', 'write nothing; fail if it is not up to date', false),
).opts<{ check: boolean }>();

const SPECIFIERS: Readonly<Record<Part, string>> = {
  index: 'personalize-users',
  producer: 'personalize-users/producer',
};
const PARTS = Object.keys(SPECIFIERS) as Part[];

for (const [path, text] of Object.entries(makeFiles())) {
  const file = join(PROJECT_ROOT, path);
  if (!check) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  } else if (read(file) !== text) {
    console.error(
      `${path} is not what the code says. Run \`npm run docs:api\`, see what is public now, and commit it.`,
    );
    process.exitCode = 1;
  }
}

/** By their paths in the project. */
function makeFiles(): Readonly<Record<string, string>> {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-api-'));
  const report = (part: Part) => join(directory, `${part}.api.md`);
  const model = (part: Part) => join(directory, `${part}.api.json`);
  try {
    extractTypes((part) => ({ report: report(part), model: model(part) }));
    const parts = PARTS.map((part): ApiPart => {
      const { members } = JSON.parse(readFileSync(model(part), 'utf8'));
      return { specifier: SPECIFIERS[part], items: members[0].members };
    });
    return {
      ...Object.fromEntries(PARTS.map((part) => [`api/${part}.api.md`, readFileSync(report(part), 'utf8')])),
      'docs/api.md': writeReference(parts),
    };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
