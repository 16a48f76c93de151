import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { runProgram } from '../support/run-program.ts';

const fromRoot = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** The rows of the page's table of folders: each folder, and what it may import; undefined for anything. */
const TABLE = [
  ...readFileSync(fromRoot('docs/architecture.md'), 'utf8').matchAll(/^\| `(\w+)\/` \|.*\| ([^|]+) \|$/gm),
].map(([, folder = '', may = '']) => ({
  folder,
  may: may === 'anything' ? undefined : [...may.matchAll(/`(\w+)\/`/g)].map(([, other]) => other!),
}));
const FOLDERS = TABLE.map(({ folder }) => folder);

/** Where a file of a folder may stand, and what leads to the root from there. */
const PLACES = [
  ['', '../'],
  ['one/', '../../'],
  ['one/two/', '../../../'],
] as const;

let planted: string;
let complaints: readonly string[];

beforeAll(async () => {
  planted = mkdtempSync(join(tmpdir(), 'personalize-users-imports-'));
  const config = JSON.parse(readFileSync(fromRoot('biome.json'), 'utf8'));
  writeFileSync(join(planted, 'biome.json'), JSON.stringify({ ...config, vcs: { enabled: false } }));
  for (const folder of FOLDERS) {
    for (const [place, up] of PLACES) plantImports(`${folder}/${place}`, up, folder);
  }
  plantImports('local/put-users/', '../../', 'local');
  for (const folder of [...FOLDERS, 'lambda/core']) plantPackages(folder);
  const { stdout } = await runProgram(
    fromRoot('node_modules/.bin/biome'),
    ['lint', '--only=style/noRestrictedImports', '--reporter=json', '--max-diagnostics=none', '.'],
    { cwd: planted },
  );
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { location: { path: string } }[] };
  complaints = diagnostics.map(({ location }) => location.path);
});

afterAll(() => rmSync(planted, { recursive: true }));

/** One file for each of the other folders, which imports something from there. */
function plantImports(place: string, up: string, folder: string): void {
  for (const other of FOLDERS.filter((each) => each !== folder)) {
    const file = join(planted, place, `imports-${other}.ts`);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `import '${up}${other}/some/file.ts';\n`);
  }
}

/** Packages that bring along more than a folder may know of. */
const PACKAGES = { cdk: 'aws-cdk-lib/aws-sqs', constructs: 'constructs', sdk: '@aws-sdk/client-sqs' } as const;

function plantPackages(folder: string): void {
  mkdirSync(join(planted, folder), { recursive: true });
  for (const [name, specifier] of Object.entries(PACKAGES)) {
    writeFileSync(join(planted, folder, `imports-package-${name}.ts`), `import '${specifier}';\n`);
  }
}

function packagesRefusedIn(folder: string): readonly string[] {
  return Object.keys(PACKAGES).filter((name) => complaints.includes(`${folder}/imports-package-${name}.ts`));
}

function refusedIn(place: string): readonly string[] {
  return FOLDERS.filter((other) => complaints.includes(`${place}imports-${other}.ts`));
}

test('the table names every folder that has code', () => {
  const { include } = JSON.parse(readFileSync(fromRoot('tsconfig.json'), 'utf8')) as { include: readonly string[] };
  expect(FOLDERS.toSorted()).toEqual(include.toSorted());
});

test.each(TABLE)('the lint holds $folder/ to the table', ({ folder, may }) => {
  const expected = may ? FOLDERS.filter((other) => other !== folder && !may.includes(other)) : [];
  for (const [place] of PLACES) expect(refusedIn(`${folder}/${place}`)).toEqual(expected);
});

test('the local PutUsers may not even import the kernel', () => {
  expect(refusedIn('local/put-users/')).toEqual(FOLDERS.filter((other) => other !== 'local'));
});

test.each([
  ['contract', ['cdk', 'constructs', 'sdk']],
  ['lambda/core', ['cdk', 'constructs', 'sdk']],
  ...['aws', 'lambda', 'producer', 'cli', 'local'].map((folder) => [folder, ['cdk', 'constructs']] as const),
  ...['lib', 'bin'].map((folder) => [folder, []] as const),
])('%s/ may not import %p', (folder, packages) => {
  expect(packagesRefusedIn(folder)).toEqual(packages);
});
