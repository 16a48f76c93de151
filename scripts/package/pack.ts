import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { buildPackage } from './build.ts';

/** The package as it is given out. */
export interface Packed {
  /** The folder that was packed. */
  readonly built: string;
  readonly tarball: string;
}

/** Builds the package, and packs it with npm, both into a directory. */
export async function packPackage(directory: string): Promise<Packed> {
  const built = join(directory, 'built');
  await buildPackage(built);
  const output = execFileSync('npm', ['pack', '--json', '--pack-destination', directory], {
    cwd: built,
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(output);
  return { built, tarball: join(directory, filename) };
}
