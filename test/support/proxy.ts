/** A proxy of 127.0.0.1 that tunnels whatever it is asked for to one server, and says what it was asked for. */

import { createServer as createHttpServer, request } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { selfSigned } from './certificate.ts';

/** What a proxy was asked for. */
export interface ProxyRequest {
  /** A host and a port for a tunnel, or the URL of a request that is passed on. */
  readonly target: string;
  /** User and password, with a colon between, if it was given them. */
  readonly credentials: string | undefined;
}

/** What a proxy does with a tunnel: opens it, refuses it with a status line, never answers, or hangs up. */
export type ProxyManner = 'open' | 'silent' | 'hangUp' | `${number} ${string}`;

export interface TestProxy {
  /** Host and port. */
  readonly address: string;
  requests(): readonly ProxyRequest[];
  stop(): Promise<void>;
}

/** @param port - of the server behind it */
export async function startProxy(port: number, manner: ProxyManner = 'open'): Promise<TestProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  const record = (target: string, authorization: string | undefined) => {
    const [, credentials] = /^Basic (.*)$/.exec(authorization ?? '') ?? [];
    requests.push({ target, credentials: credentials && Buffer.from(credentials, 'base64').toString() });
  };
  const proxy = createHttpServer((asked, response) => {
    record(asked.url!, asked.headers['proxy-authorization']);
    response.writeHead(502).end();
  });
  proxy.on('connection', (socket) => sockets.add(socket));
  proxy.on('connect', (asked, client: Socket) => {
    record(asked.url!, asked.headers['proxy-authorization']);
    client.on('error', () => {});
    if (manner === 'silent') return;
    if (manner === 'hangUp') return void client.destroy();
    if (manner !== 'open') return void client.end(`HTTP/1.1 ${manner}\r\n\r\n`);
    const server = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      server.pipe(client).pipe(server);
    });
    sockets.add(server);
    server.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    address: `127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    requests: () => requests,
    stop: () =>
      new Promise((resolve) => {
        proxy.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export interface SecureServer {
  readonly port: number;
  /** Who vouches for it, as PEM. */
  readonly authority: string;
  stop(): Promise<void>;
}

/** Hosts that AWS would have in a region that it does not have: nobody is reached if a test goes astray. */
const HOSTS = [
  'aws.invalid',
  '*.eu-nowhere-1.amazonaws.com',
  '*.eu-nowhere-1.api.aws',
  '*.sso.eu-nowhere-1.amazonaws.com',
];

/** A server that is taken for AWS by whoever trusts its authority. It passes all on to a plain one. */
export async function startSecureServer(plainEndpoint: string): Promise<SecureServer> {
  const certificate = selfSigned(...HOSTS);
  const server = createHttpsServer(certificate, (asked, response) => {
    const { method = 'GET', url = '/', headers } = asked;
    const passedOn = request(new URL(url, plainEndpoint), { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    asked.pipe(passedOn);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    authority: certificate.cert,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
