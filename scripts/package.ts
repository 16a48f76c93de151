/**
 * Makes of the project what `npm install` can give to others: the producer and the command line, as JavaScript with
 * types. Node strips types from files of a project, and not from what is installed.
 */
import { spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';

const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** What is made from what. */
const ENTRY_POINTS = [
  { in: join(PROJECT, 'producer/index.ts'), out: 'producer' },
  { in: join(PROJECT, 'cli/main.ts'), out: 'cli' },
];

/** What goes along as it is. */
const FILES = ['README.md', 'CHANGELOG.md', 'LICENSE'];

/** What the package says of itself that the project says, too. */
const SHARED = ['name', 'version', 'description', 'license', 'type', 'engines'] as const;

/**
 * Writes the package into a directory, for `npm pack` or `npm publish`.
 *
 * @throws Error when something does not compile, or uses a package that is no dependency of the project
 */
export async function buildPackage(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const { metafile } = await build({
    entryPoints: ENTRY_POINTS,
    outdir: directory,
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node24',
    absWorkingDir: PROJECT,
    metafile: true,
    logLevel: 'error',
  });
  emitTypes(join(directory, 'types'));
  for (const file of FILES) await cp(join(PROJECT, file), join(directory, file));
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(await manifest(metafile), null, 2)}\n`);
}

async function manifest(metafile: Metafile) {
  const project = JSON.parse(await readFile(join(PROJECT, 'package.json'), 'utf8'));
  return {
    ...Object.fromEntries(SHARED.map((member) => [member, project[member]])),
    exports: { './producer': { types: './types/producer/index.d.ts', default: './producer.js' } },
    bin: { 'personalize-users': './cli.js' },
    dependencies: Object.fromEntries(packagesIn(metafile).map((name) => [name, versionOf(name, project.dependencies)])),
  };
}

/** The packages that the bundles import. */
function packagesIn({ outputs }: Metafile): readonly string[] {
  const imports = Object.values(outputs).flatMap((output) => output.imports);
  const paths = imports.filter(({ external, path }) => external && !path.startsWith('node:')).map(({ path }) => path);
  return [...new Set(paths.map((path) => /^(@[^/]+\/)?[^/]+/.exec(path)![0]))].sort();
}

function versionOf(name: string, dependencies: Readonly<Record<string, string>>): string {
  const version = dependencies[name];
  if (version === undefined) throw new Error(`${name} is used, and is no dependency in package.json: add it there.`);
  return version;
}

function emitTypes(directory: string): void {
  const args = ['-p', join(PROJECT, 'scripts/tsconfig.producer.json'), '--outDir', directory];
  const { status, stdout } = spawnSync(join(PROJECT, 'node_modules/.bin/tsc'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The producer's types cannot be made: ${stdout}`);
}
