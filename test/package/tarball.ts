/** The package that is tested. */
import { join } from 'node:path';

const { PACKAGE_TARBALL } = process.env;
if (!PACKAGE_TARBALL) throw new Error('These tests need the package: run them with `npm run test:package`.');

/** The tarball, as `npm pack` has made it. */
export const TARBALL = PACKAGE_TARBALL;

/** The project. */
export const PROJECT = join(import.meta.dirname, '../..');

/** A program of the project's own. */
export function ownProgram(name: string): string {
  return join(PROJECT, 'node_modules/.bin', name);
}
