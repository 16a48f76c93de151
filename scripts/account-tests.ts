/** Tests that deploy: each run has an account of its own, which moto plays on this machine. Nothing reaches AWS. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMoto } from './moto.ts';

const ROOT = join(import.meta.dirname, '..');

/**
 * Runs a jest configuration's tests with an account to deploy to.
 *
 * @param config - the configuration's path in the project
 * @param variables - environment variables for the tests, besides those that say where the account is
 * @returns jest's exit code
 */
export async function runAccountTests(
  config: string,
  variables: Readonly<Record<string, string>> = {},
): Promise<number> {
  const moto = await startMoto();
  const home = await mkdtemp(join(tmpdir(), 'personalize-users-deploy-'));
  try {
    console.log(`Deploying into an account that moto plays at ${moto.endpoint} ...`);
    return await runJest(config, { MOTO_ENDPOINT: moto.endpoint, CDK_HOME: home, ...variables });
  } finally {
    await moto.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Ends this process with the status that a run comes to: 1, and what it said, when it throws or is interrupted. */
export async function exitWith(run: () => Promise<number>): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  try {
    process.exitCode = await run();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

async function runJest(config: string, variables: Readonly<Record<string, string>>): Promise<number> {
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config',
      config,
      // Such as one test's path.
      ...process.argv.slice(2),
    ],
    { cwd: ROOT, env: { ...process.env, ...variables }, stdio: 'inherit' },
  );
  process.once('exit', () => jest.kill());
  const [status] = await once(jest, 'close');
  return status ?? 1;
}
