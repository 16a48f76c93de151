/** The package's code: each part in one file, with everything in it that it uses besides the CDK. */
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { bundleFunction, ENTRY, GUARDED_ENTRY, PROJECT_ROOT } from '../../lib/bundling.ts';
import { prebuiltFolder } from '../../lib/packaged-function-files.ts';

/** What whoever uses the construct has anyway. Two copies of it in one app would not know each other's constructs. */
export const PEERS = ['aws-cdk-lib', 'constructs'];

/** The parts that programs import, by their names in the package, each with the module that it is made from. */
export const LIBRARIES = { index: 'lib/index.ts', producer: 'producer/index.ts' } as const;

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'error',
  absWorkingDir: PROJECT_ROOT,
  plugins: [inThePackage()],
} satisfies BuildOptions;

/** What is elsewhere in the package, or made before: for `NAME.ts` there is a `packaged-NAME.ts` beside it. */
function inThePackage(): Plugin {
  return {
    name: 'in-the-package',
    setup({ onResolve }) {
      onResolve(
        { filter: /\/(function-files|world-place|world-hints|sample-schema)\.ts$/ },
        ({ path, resolveDir }) => ({
          path: join(resolveDir, dirname(path), `packaged-${basename(path)}`),
        }),
      );
    },
  };
}

/**
 * Writes the code into a directory.
 *
 * @returns what esbuild says of what is in it
 */
export async function writeBundles(directory: string): Promise<readonly Metafile[]> {
  return [
    ...(await Promise.all(Object.entries(LIBRARIES).map(([name, entry]) => writeLibrary(directory, name, entry)))),
    await writeCommandLine(directory),
    await writeFunction(directory, ENTRY, prebuiltFolder({ orderGuard: false })),
    await writeFunction(directory, GUARDED_ENTRY, prebuiltFolder({ orderGuard: true })),
  ];
}

/**
 * One CommonJS file, and an ES module that gives out what is in it: whether it is imported or required, an app has one class of
 * each name.
 */
async function writeLibrary(directory: string, name: string, entry: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: [entry],
    outfile: join(directory, `${name}.js`),
    format: 'cjs',
    external: PEERS,
    define: { 'import.meta.dirname': '__dirname' },
  });
  const names = await exportsOf(entry);
  await writeFile(join(directory, `${name}.mjs`), `export { ${names.join(', ')} } from './${name}.js';\n`);
  return metafile;
}

/** What a module gives out when it runs: types are nothing then. */
async function exportsOf(entry: string): Promise<readonly string[]> {
  const { metafile } = await build({ ...COMMON, bundle: false, entryPoints: [entry], format: 'esm', write: false });
  return Object.values(metafile.outputs).flatMap((output) => output.exports);
}

/**
 * ES modules: the first awaits at its top level, and loads what a command needs when it is the one that is asked for. What is
 * CommonJS in them asks Node for its modules by `require`.
 */
async function writeCommandLine(directory: string): Promise<Metafile> {
  const { metafile } = await build({
    ...COMMON,
    entryPoints: ['cli/main.ts'],
    outdir: join(directory, 'cli'),
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunk-[hash]',
    format: 'esm',
    splitting: true,
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module';const require = requireFrom(import.meta.url);",
    },
  });
  return metafile;
}

async function writeFunction(directory: string, entry: string, folder: string): Promise<Metafile> {
  await mkdir(join(directory, folder), { recursive: true });
  return bundleFunction(join(directory, folder), { entry });
}
