/**
 * `npm run test:package`: packs the package, installs it into fresh folders as others would, and uses it there: apps of several
 * kinds are synthesized, and one is deployed into an account that moto plays on this machine. `CDK_VERSION=latest` takes another
 * CDK than the project's for the newest that is supported, and `NODE_OF_USERS=FOLDER` another Node for what is installed.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exitWith, runAccountTests } from './account-tests.ts';
import { packPackage } from './package/pack.ts';

await exitWith(async () => {
  const directory = await mkdtemp(join(tmpdir(), 'personalize-users-package-'));
  try {
    const { tarball } = await packPackage(directory);
    return await runAccountTests('test/package/jest.config.js', { PACKAGE_TARBALL: tarball });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
});
