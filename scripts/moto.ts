/** An AWS account that moto plays on this machine. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A running moto. */
export interface Moto {
  /** Such as `http://localhost:4566`. */
  readonly endpoint: string;
  stop(): Promise<void>;
}

/**
 * Starts moto on a port that is free.
 *
 * @throws Error that says what moto said, and how to install it
 */
export async function startMoto(): Promise<Moto> {
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
