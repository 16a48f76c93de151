/** The package's types: one file for each part that programs import, out of the many that the compiler writes. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExtractorMessage, IConfigFile } from '@microsoft/api-extractor';
import { PROJECT_ROOT } from '../../lib/bundling.ts';
import { LIBRARIES } from './bundles.ts';

const { Extractor, ExtractorConfig } = createRequire(import.meta.url)(
  '@microsoft/api-extractor',
) as typeof import('@microsoft/api-extractor');

/** What is made of a part's types, each only if it has a place. */
export interface TypesOutput {
  /** All of its types in one file. */
  readonly types?: string;
  /** A report of what is public, to be compared with an earlier one. */
  readonly report?: string;
  /** The same with the doc comments, as JSON, to make a reference of. */
  readonly model?: string;
}

/** A part of the package. */
export type Part = keyof typeof LIBRARIES;

/** What is not let pass: whoever uses a type has to be able to name it, and to read what it is. */
const PROBLEMS = ['ae-forgotten-export', 'ae-undocumented', 'ae-unresolved-link'];

/**
 * Compiles the types and makes of each part's what is wanted.
 *
 * @throws Error when they do not compile, or something public has no doc comment or uses a type that is not public
 */
export function extractTypes(outputOf: (part: Part) => TypesOutput): void {
  // In the project, where the compiler finds the packages whose types are used.
  const local = join(PROJECT_ROOT, '.local');
  mkdirSync(local, { recursive: true });
  const declarations = mkdtempSync(join(local, 'types-'));
  try {
    compile(declarations);
    for (const part of Object.keys(LIBRARIES) as Part[]) extract(declarations, part, outputOf(part));
  } finally {
    rmSync(declarations, { recursive: true });
  }
}

/** Writes the types of all parts, for programs that import and for those that require. */
export function writeTypes(directory: string): void {
  extractTypes((part) => ({ types: join(directory, `${part}.d.ts`) }));
  for (const part of Object.keys(LIBRARIES)) {
    copyFileSync(join(directory, `${part}.d.ts`), join(directory, `${part}.d.mts`));
  }
}

function compile(outDir: string): void {
  const args = ['-p', join(PROJECT_ROOT, 'scripts/package/tsconfig.declarations.json'), '--outDir', outDir];
  const { status, stdout } = spawnSync(join(PROJECT_ROOT, 'node_modules/.bin/tsc'), args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The package's types cannot be made: ${stdout}`);
}

function extract(declarations: string, part: Part, { types, report, model }: TypesOutput): void {
  const entry = join(declarations, LIBRARIES[part].replace(/\.ts$/, '.d.ts'));
  const temporary = mkdtempSync(join(tmpdir(), 'personalize-users-api-'));
  const configObject: IConfigFile = {
    projectFolder: PROJECT_ROOT,
    mainEntryPointFilePath: entry,
    compiler: { overrideTsconfig: { compilerOptions: COMPILER_OPTIONS, files: [entry] } },
    apiReport: {
      enabled: report !== undefined,
      reportFileName: `${part}.api.md`,
      ...(report !== undefined && { reportFolder: dirname(report) }),
      reportTempFolder: temporary,
      includeForgottenExports: false,
    },
    docModel: { enabled: model !== undefined, ...(model !== undefined && { apiJsonFilePath: model }) },
    dtsRollup: { enabled: types !== undefined, ...(types !== undefined && { untrimmedFilePath: types }) },
    tsdocMetadata: { enabled: false },
    messages: {
      extractorMessageReporting: Object.fromEntries(PROBLEMS.map((id) => [id, { logLevel: 'warning' as never }])),
    },
    newlineKind: 'lf' as IConfigFile['newlineKind'],
  };
  const problems: string[] = [];
  try {
    Extractor.invoke(
      ExtractorConfig.prepare({
        configObject,
        configObjectFullPath: undefined,
        packageJsonFullPath: join(PROJECT_ROOT, 'package.json'),
      }),
      { localBuild: true, messageCallback: (message) => collect(message, problems) },
    );
  } finally {
    rmSync(temporary, { recursive: true });
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

const COMPILER_OPTIONS = {
  target: 'es2024',
  lib: ['es2024'],
  module: 'nodenext',
  moduleResolution: 'nodenext',
  types: ['node'],
  strict: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  noEmit: true,
};

function collect(message: ExtractorMessage, problems: string[]): void {
  const { messageId, text, sourceFilePath = '', sourceFileLine = '', logLevel } = message;
  if (PROBLEMS.includes(messageId) || logLevel === 'error') {
    const file = sourceFilePath.replace(/^.*\.local\/types-[^/]+\//, '');
    problems.push(`${file}:${sourceFileLine}: ${text}`);
  }
  message.handled = true;
}
