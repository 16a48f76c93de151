import { join } from 'node:path';
import { runCdk } from '../bin/run-app.ts';
import { ENVIRONMENT } from './account.ts';

/** Where the CDK's command line leaves what it synthesizes. */
export const ASSEMBLY = join(ENVIRONMENT.CDK_HOME, 'cdk.out');

/**
 * Runs the CDK's command line against the account.
 *
 * @returns what it says, on whichever stream
 * @throws Error with that when it fails
 */
export async function cdk(...args: string[]): Promise<string> {
  const { status, stdout, stderr } = await runCdk([...args, '--output', ASSEMBLY], ENVIRONMENT);
  if (status !== 0) throw new Error(`cdk ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout + stderr;
}
