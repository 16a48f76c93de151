/** A server that is taken for AWS and is reached by a proxy: its authority as a file, as AWS_CA_BUNDLE names one. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ProxyManner, startProxy, startSecureServer, type TestProxy } from './proxy.ts';

export interface ServerBehindProxy {
  /** The file of its authority. */
  readonly bundle: string;
  /** A folder that is there until it stops. */
  readonly directory: string;
  /** Puts a proxy in front of it, one for each test. */
  startProxy(manner?: ProxyManner): Promise<TestProxy>;
  stop(): Promise<void>;
}

/** @param plainEndpoint - of the server that answers */
export async function startServerBehindProxy(plainEndpoint: string): Promise<ServerBehindProxy> {
  const directory = mkdtempSync(join(tmpdir(), 'personalize-users-'));
  const secure = await startSecureServer(plainEndpoint);
  const bundle = join(directory, 'authority.pem');
  writeFileSync(bundle, secure.authority);
  let proxy: TestProxy | undefined;
  return {
    bundle,
    directory,
    startProxy: async (manner) => {
      proxy = await startProxy(secure.port, manner);
      return proxy;
    },
    async stop() {
      await proxy?.stop();
      await secure.stop();
      rmSync(directory, { recursive: true });
    },
  };
}
