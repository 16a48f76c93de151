/** How the function's code is bundled: for the stack, and for whoever looks into the bundle. */
import { writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { type BuildOptions, buildSync, type Metafile } from 'esbuild';

/** What paths in the bundle's source map and in its metafile start from. */
export const PROJECT_ROOT = join(import.meta.dirname, '..');

/** The module with the handler. */
export const ENTRY = join(PROJECT_ROOT, 'lambda', 'handler.ts');

/** The module with the handler that has the order guard. */
export const GUARDED_ENTRY = join(PROJECT_ROOT, 'lambda', 'guarded-handler.ts');

/** The name of the bundle's file. */
export const BUNDLE_FILE = 'index.mjs';

/**
 * One ES module with everything in it that is called: what the tests ran is what runs, whatever SDK the runtime has.
 *
 * The SDK's clients import all ways to find credentials that there are, which esbuild cannot tell to be unused. The handler
 * gives them the environment's, so that the rest is left out: a quarter of the bundle, and, since it imports `node:http` by
 * name, which has Node load its WebSocket too, a third of the time that a cold start takes to import it.
 */
const OPTIONS = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  mainFields: ['module', 'main'],
  minify: true,
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
  alias: {
    '@aws-sdk/credential-provider-node': join(PROJECT_ROOT, 'lambda', 'aws', 'no-default-credentials.ts'),
  },
  absWorkingDir: PROJECT_ROOT,
  // Where it would be in the project, so that the source map is the same wherever the bundle goes.
  outfile: BUNDLE_FILE,
} as const satisfies BuildOptions;

/** What a bundle may have that differs from the function's. */
export interface BundleOptions {
  /** Its module. @default - the function's */
  readonly entry?: string;
  /** Modules that are put in the place of others. @default - the function's */
  readonly alias?: Readonly<Record<string, string>>;
}

/**
 * Bundles the function.
 *
 * @param directory - where the bundle and its source map go
 * @returns what esbuild says of what is in it
 */
export function bundleFunction(
  directory: string,
  { entry = ENTRY, alias = OPTIONS.alias }: BundleOptions = {},
): Metafile {
  const { outputFiles, metafile } = buildSync({
    ...OPTIONS,
    mainFields: [...OPTIONS.mainFields],
    entryPoints: [entry],
    alias,
    metafile: true,
    write: false,
  });
  for (const { path, contents } of outputFiles) writeFileSync(join(directory, basename(path)), contents);
  return metafile;
}
