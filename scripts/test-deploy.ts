/**
 * `npm run test:deploy`: deploys the stack with the CDK's own command line, into an account that moto plays on this
 * machine, and checks what is there. Nothing reaches AWS.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

const ROOT = join(import.meta.dirname, '..');

/** An account on this machine. */
interface Moto {
  readonly endpoint: string;
  stop(): Promise<void>;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
try {
  process.exitCode = await checkDeployment();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function checkDeployment(): Promise<number> {
  const moto = await startMoto();
  const home = await mkdtemp(join(tmpdir(), 'personalize-users-deploy-'));
  try {
    console.log(`Deploying into an account that moto plays at ${moto.endpoint} ...`);
    return await runChecks({ MOTO_ENDPOINT: moto.endpoint, CDK_HOME: home });
  } finally {
    await moto.stop();
    await rm(home, { recursive: true, force: true });
  }
}

/** Starts moto on a port that is free. */
async function startMoto(): Promise<Moto> {
  const moto = spawn('moto_server', ['--host', '127.0.0.1', '--port', '0'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const closed = new Promise((resolve) => moto.on('close', resolve).on('error', resolve));
  process.once('exit', () => moto.kill());
  const port = await announcedPort(moto.stderr);
  // A moto whose log nobody reads stops to answer once the pipe is full.
  moto.stderr.resume();
  return {
    // moto finds the bucket with the template only under this name of the machine.
    endpoint: `http://localhost:${port}`,
    async stop() {
      moto.kill();
      await closed;
    },
  };
}

async function announcedPort(log: Readable): Promise<string> {
  const lines: string[] = [];
  for await (const line of createInterface(log)) {
    lines.push(line);
    const [, port] = /Running on http:\/\/127\.0\.0\.1:(\d+)/.exec(line) ?? [];
    if (port) return port;
  }
  throw new Error(
    ["moto_server did not start; if it is not there, install it: pip install 'moto[server]'.", ...lines].join('\n'),
  );
}

/** The exit code of the tests. */
async function runChecks(env: Record<string, string>): Promise<number> {
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      'node_modules/jest/bin/jest.js',
      '--config',
      'test/deploy/jest.config.js',
    ],
    { cwd: ROOT, env: { ...process.env, ...env }, stdio: 'inherit' },
  );
  process.once('exit', () => jest.kill());
  const [status] = await once(jest, 'close');
  return status ?? 1;
}
