/**
 * Writes what is public: the reports in api/, one for each part of the package that programs import, and docs/api.md:
 * `npm run docs:api`. With `--check` it only says whether they are up to date. A report that changes is a change of what others
 * depend on: CONTRIBUTING.md says what that means for the version.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { putGenerated, readCheck } from './generated-files.ts';
import { type ApiPart, writeReference } from './package/api-reference.ts';
import { extractTypes, type Part } from './package/types.ts';

const check = readCheck('docs:api', 'the reports in api/ and docs/api.md');

const SPECIFIERS: Readonly<Record<Part, string>> = {
  index: 'personalize-users',
  producer: 'personalize-users/producer',
};
const PARTS = Object.keys(SPECIFIERS) as Part[];

putGenerated(makeFiles(), check, '`npm run docs:api`, see what is public now, and commit it.');

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
