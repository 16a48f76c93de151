/** What is in the function's bundle, and what should not be there. Pure: it reads esbuild's metafile, not the disk. */
import type { Metafile } from 'esbuild';

/** A package as its package.json tells. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier, if it is a licence that has one. */
  readonly license?: unknown;
}

/** A package, or the project itself, in the bundle. */
export interface Part {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** Of the bundle, minified. */
  readonly bytes: number;
  /** Whether all of it is ES modules, of which esbuild leaves out what nobody uses. CommonJS comes whole. */
  readonly esModules: boolean;
}

/** What a bundle consists of. */
export interface Contents {
  /** The largest first. */
  readonly parts: readonly Part[];
  /** All bytes of the bundle, esbuild's own included. */
  readonly bytes: number;
  /** What the bundle imports when it runs. */
  readonly imports: readonly string[];
}

/** Licences that let the bundle be distributed as it is, by their SPDX identifiers. */
export const PERMISSIVE_LICENCES: readonly string[] = [
  'Apache-2.0',
  'MIT',
  'MIT-0',
  'ISC',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
];

/** What may be in the bundle, and what it is for. A scope stands for all of its packages. */
export const EXPECTED: Readonly<Record<string, string>> = {
  'personalize-users': 'the function',
  'p-map': 'calls that overlap',
  valibot: 'the message contract',
  '@aws-lambda-powertools/': 'logs and metrics',
  '@aws/lambda-invoke-store': "Powertools' and the SDK's state of an invocation",
  '@aws-sdk/': 'the clients of SQS and Personalize',
  '@smithy/': 'what the clients are made of',
};

/**
 * Reads what is in a bundle.
 *
 * @param metafile - esbuild's, with paths relative to the project's root
 * @param readManifest - reads the package.json of a folder; the project's own is in `.`
 */
export function readContents(metafile: Metafile, readManifest: (folder: string) => Manifest): Contents {
  const output = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined);
  if (!output) throw new Error('The metafile has no output of an entry point.');
  const files = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const parts = [...Map.groupBy(files, ([path]) => folderOf(path))].map(([folder, filesOfIt]) => {
    const { name, version, license } = readManifest(folder);
    return {
      name,
      version,
      licence: typeof license === 'string' ? license : '',
      bytes: filesOfIt.reduce((sum, [, { bytesInOutput }]) => sum + bytesInOutput, 0),
      esModules: filesOfIt.every(([path]) => metafile.inputs[path]?.format !== 'cjs'),
    };
  });
  const imports = new Set(output.imports.filter(({ external }) => external).map(({ path }) => path));
  return {
    parts: parts.sort((one, other) => other.bytes - one.bytes),
    bytes: output.bytes,
    imports: [...imports].sort(),
  };
}

/** What is wrong with a bundle: one sentence each. */
export function problemsOf(contents: Contents): string[] {
  return [
    ...contents.parts.flatMap(problemsOfPart),
    ...twice(contents.parts),
    ...contents.imports
      .filter((name) => !name.startsWith('node:'))
      .map((name) => `${name} is imported and not in the bundle.`),
    ...Object.keys(EXPECTED)
      .filter((entry) => !contents.parts.some(({ name }) => covers(entry, name)))
      .map(
        (entry) => `${entry} is expected and not in the bundle: take it off the list in scripts/bundle-contents.ts.`,
      ),
  ];
}

/**
 * How it is judged that nothing is unused: esbuild leaves out of ES modules what nobody refers to, so what remains has to
 * be ES modules, of packages that somebody has looked at and put on the list with what they are for.
 */
function problemsOfPart({ name, licence, esModules }: Part): string[] {
  const problems = [];
  if (!Object.keys(EXPECTED).some((entry) => covers(entry, name))) {
    problems.push(`${name} is not expected in the bundle: see what imports it, or put it on the list with its reason.`);
  }
  if (licence === '') problems.push(`${name} has no licence.`);
  else if (!PERMISSIVE_LICENCES.includes(licence))
    problems.push(`${name} has the licence ${licence}, which is not on the list.`);
  if (!esModules) problems.push(`${name} is CommonJS, of which esbuild cannot leave out what is not used.`);
  return problems;
}

function twice(parts: readonly Part[]): string[] {
  const versions = Map.groupBy(parts, ({ name }) => name);
  return [...versions]
    .filter(([, found]) => found.length > 1)
    .map(
      ([name, found]) => `${name} is there ${found.length} times: ${found.map(({ version }) => version).join(', ')}.`,
    );
}

function covers(entry: string, name: string): boolean {
  return entry.endsWith('/') ? name.startsWith(entry) : name === entry;
}

/** The folder of the package that a file is of: the innermost, for packages within packages. */
function folderOf(path: string): string {
  return /^.*node_modules\/(@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ?? '.';
}
