/** The connections themselves, through a real proxy to a server that only its own authority vouches for. */
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { CertificateBundleError, connectionsOf } from '../../../aws/connections/agents.ts';
import { ProxyError } from '../../../aws/connections/proxies.ts';
import { type ServerBehindProxy, startServerBehindProxy } from '../../support/behind-proxy.ts';
import type { ProxyManner } from '../../support/proxy.ts';
import { type ScriptedServer, startScriptedServer } from '../../support/scripted-server.ts';

let plain: ScriptedServer;
let server: ServerBehindProxy;
beforeEach(async () => {
  plain = await startScriptedServer((_, response) => response.end('reached'));
  server = await startServerBehindProxy(plain.endpoint);
});
afterEach(async () => {
  await server.stop();
  await plain.stop();
});

/** Asks for `https://aws.invalid/`, and closes the connections. */
async function ask(env: Readonly<Record<string, string>>, url = 'https://aws.invalid/'): Promise<string> {
  const { httpAgent, httpsAgent } = connectionsOf(env);
  try {
    const asked = url.startsWith('https:')
      ? request(url, { agent: httpsAgent })
      : httpRequest(url, { agent: httpAgent });
    asked.end();
    const [response] = await once(asked, 'response');
    return await text(response);
  } finally {
    httpAgent.destroy();
    httpsAgent.destroy();
  }
}

/** The error with which the connection does not come about. */
async function problemWith(env: Readonly<Record<string, string>>): Promise<ProxyError> {
  const problem = await ask({ AWS_CA_BUNDLE: server.bundle, ...env }).catch((error: unknown) => error);
  if (!(problem instanceof ProxyError)) throw new Error('no ProxyError', { cause: problem });
  return problem;
}

describe('what is asked for', () => {
  test('goes through the proxy of its scheme, with the user and the password that it takes', async () => {
    const { address, requests } = await server.startProxy('open');
    const env = { HTTPS_PROXY: `http://joe:s3cret@${address}`, AWS_CA_BUNDLE: server.bundle };
    expect(await ask(env)).toBe('reached');
    expect(requests()).toEqual([{ target: 'aws.invalid:443', credentials: 'joe:s3cret' }]);
    await ask({ http_proxy: `http://${address}` }, 'http://aws.invalid/x');
    expect(requests()[1]).toEqual({ target: 'http://aws.invalid/x', credentials: undefined });
  });

  test('goes to an excepted host, to this machine and without a proxy directly', async () => {
    const { address, requests } = await server.startProxy('open');
    const HTTP_PROXY = `http://${address}`;
    expect(await ask({ HTTP_PROXY }, plain.endpoint)).toBe('reached');
    const directly = { AWS_CA_BUNDLE: server.bundle, NO_PROXY: 'aws.invalid' };
    await expect(ask({ ...directly, HTTPS_PROXY: HTTP_PROXY })).rejects.toThrow('ENOTFOUND aws.invalid');
    await expect(ask({ AWS_CA_BUNDLE: server.bundle })).rejects.toThrow('ENOTFOUND aws.invalid');
    expect(requests()).toEqual([]);
  });

  test('is believed only if an authority of the bundle vouches for it', async () => {
    const { address } = await server.startProxy('open');
    await expect(ask({ HTTPS_PROXY: `http://${address}`, AWS_CA_BUNDLE: '' })).rejects.toThrow(/certificate/);
  });

  test('waits for a bundle that can be read', () => {
    const missing = () => connectionsOf({ AWS_CA_BUNDLE: '/nowhere/bundle.pem' });
    expect(missing).toThrow(CertificateBundleError);
    expect(missing).toThrow(/^AWS_CA_BUNDLE names a file that cannot be read: ENOENT.*\/nowhere\/bundle\.pem/);
  });

  test('shares connections, 50 at most, which stay open', () => {
    const { httpAgent, httpsAgent } = connectionsOf({});
    for (const agent of [httpAgent, httpsAgent]) {
      expect(agent).toMatchObject({ maxSockets: 50, keepAlive: true });
      agent.destroy();
    }
  });
});

describe('a proxy in the way is named, and told apart by what would help', () => {
  // The SDK tries again after ECONNRESET, and after no error of ours that has no code.
  test.each<[ProxyManner, string, Partial<ProxyError>]>([
    ['403 Forbidden', '403 Forbidden', { refusedWith: 403, code: undefined }],
    ['499 Of Our Own', '499 Of Our Own', { refusedWith: 499, code: undefined }],
    ['500 Broken', '500 Broken', { refusedWith: 500, code: 'ECONNRESET' }],
    ['503 Service Unavailable', '503 Service Unavailable', { refusedWith: 503, code: 'ECONNRESET' }],
    ['hangUp', 'it ended the connection', { refusedWith: undefined, code: 'ECONNRESET' }],
    ['silent', 'no answer within 4500 ms', { refusedWith: undefined, code: undefined }],
  ])('%s', async (manner, why, facts) => {
    const { address } = await server.startProxy(manner);
    const problem = await problemWith({ HTTPS_PROXY: `http://joe:s3cret@${address}` });
    expect(problem.message.replaceAll(address, 'PROXY')).toBe(
      `the proxy http://PROXY (HTTPS_PROXY) lets nothing through to aws.invalid:443: ${why}`,
    );
    expect(problem).toMatchObject(facts);
    expect(problem.cause).toMatchObject({ message: expect.any(String) });
  });

  test('one that nobody listens at', async () => {
    const problem = await problemWith({ https_proxy: 'http://joe:s3cret@127.0.0.1:9' });
    expect(problem.message).toMatch(
      /^no connection to aws\.invalid:443 by the proxy http:\/\/127\.0\.0\.1:9 \(https_proxy\): .*ECONNREFUSED/,
    );
    expect(problem).toMatchObject({ code: 'ECONNREFUSED', refusedWith: undefined });
    expect(problem.cause).toMatchObject({ message: expect.any(String) });
  });
});

describe('a Node that cannot use proxies', () => {
  const known = process.allowedNodeEnvironmentFlags;
  const know = (value: ReadonlySet<string>) =>
    void Object.defineProperty(process, 'allowedNodeEnvironmentFlags', { value, configurable: true });
  beforeEach(() => know(new Set()));
  afterEach(() => know(known));

  test.each([
    [{ HTTPS_PROXY: 'http://a:1' }, 'http://a:1 (HTTPS_PROXY)'],
    [{ http_proxy: 'http://b:2' }, 'http://b:2 (http_proxy)'],
    [{ http_proxy: 'http://b:2', https_proxy: 'http://a:1' }, 'http://a:1 (https_proxy)'],
  ])('says so, rather than overlook %j', (env, proxyName) => {
    expect(() => connectionsOf(env)).toThrow(
      new ProxyError(`Node ${process.version} cannot use the proxy ${proxyName}: 24.5 or newer can.`),
    );
  });

  test('does without one', () => {
    expect(() => connectionsOf({})).not.toThrow();
  });
});
