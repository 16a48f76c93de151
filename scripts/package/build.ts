/**
 * Makes of the project what `npm install` can give to others: the construct, the producer and the command line, as JavaScript
 * with types. Node strips types from files of a project, and not from what is installed. docs/adr/0014-package.md says why it
 * is put together like this.
 */
import { chmod, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT_ROOT } from '../../lib/bundling.ts';
import { writeBundles } from './bundles.ts';
import { packageManifest } from './manifest.ts';
import { thirdPartiesIn, writeNotices } from './notices.ts';
import { writeTypes } from './types.ts';

/** What goes along as it is, from where it is in the project. Alarms and error messages name pages of docs/. */
const FILES = {
  'README.md': 'docs/package.md',
  'CHANGELOG.md': 'CHANGELOG.md',
  LICENSE: 'LICENSE',
  docs: 'docs',
  'message.schema.json': 'docs/message.schema.json',
  'users-schema.avsc': 'samples/users-schema.avsc',
};

/**
 * Writes the package into a directory, for `npm pack` or `npm publish`.
 *
 * @throws Error when something does not compile, or has in it what may not be given out
 */
export async function buildPackage(directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  const metafiles = await writeBundles(directory);
  await chmod(join(directory, 'cli/main.mjs'), 0o755);
  await writeFile(join(directory, 'THIRD-PARTY-NOTICES'), writeNotices(thirdPartiesIn(metafiles, PROJECT_ROOT)));
  writeTypes(directory);
  for (const [name, source] of Object.entries(FILES)) {
    await cp(join(PROJECT_ROOT, source), join(directory, name), { recursive: true });
  }
  await rm(join(directory, 'docs/package.md'));
  const project = JSON.parse(await readFile(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const manifest = packageManifest(project, repositoryOf(process.env));
  await writeFile(join(directory, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The repository whose workflow runs this, if one does. Source: GitHub Actions, default environment variables. */
function repositoryOf({ GITHUB_SERVER_URL, GITHUB_REPOSITORY }: NodeJS.ProcessEnv): string | undefined {
  return GITHUB_SERVER_URL && GITHUB_REPOSITORY ? `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}` : undefined;
}
