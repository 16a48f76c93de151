/** Runs bin/app.ts as the CDK's command line does: a process of its own, told everything through its environment. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '../..');

/** What a process did. */
export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the app.
 *
 * @param context - as from cdk.json and `-c`
 * @param outdir - where the cloud assembly goes
 */
export function runApp(context: Record<string, unknown>, outdir: string): Promise<Run> {
  return run(process.execPath, ['bin/app.ts'], { CDK_CONTEXT_JSON: JSON.stringify(context), CDK_OUTDIR: outdir });
}

/** Runs the CDK's command line, as somebody who types it, with some variables more. */
export function runCdk(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
  return run('npx', ['cdk', ...args], { CI: 'true', CDK_DISABLE_VERSION_CHECK: 'true', ...env });
}

async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<Run> {
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const status = new Promise<number | null>((resolve, reject) => child.on('close', resolve).on('error', reject));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { status: await status, stdout, stderr };
}
