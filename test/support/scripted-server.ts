import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { localClientSettings } from '../../aws/connections/local-client.ts';

export interface ScriptedServer {
  readonly endpoint: string;
  /** How many requests it has had. */
  requests(): number;
  stop(): Promise<void>;
}

/** An HTTP server of 127.0.0.1 that answers each request as the test says. */
export async function startScriptedServer(
  answer: (request: IncomingMessage, response: ServerResponse, body: string) => void,
): Promise<ScriptedServer> {
  let requests = 0;
  const server = createServer(async (request, response) => {
    requests++;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    answer(request, response, Buffer.concat(chunks).toString());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: () => requests,
    stop: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error ? reject(error) : resolve()));
        server.closeAllConnections();
      }),
  };
}

/** Dummy settings for an SDK client of a local server, so that nothing is looked up in the machine's configuration. */
export function localClient(endpoint: string) {
  return {
    ...localClientSettings({ endpoint, region: 'eu-west-1' }),
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}
