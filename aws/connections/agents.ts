/** How an AWS client connects: through the proxy that the environment names, trusting whom it says. */

import { readFileSync } from 'node:fs';
import { Agent as HttpAgent } from 'node:http';
import { Agent, type AgentOptions } from 'node:https';
import { type NamedProxy, type Proxies, ProxyError, readProxies } from './proxies.ts';

/** A proxy that has not let a connection through after this long, in milliseconds, does not answer. */
const TUNNEL_TIMEOUT_IN_MILLISECONDS = 4_500;

const CONNECTIONS = { keepAlive: true, maxSockets: 50 } as const;

/**
 * Makes the agents, for the option `requestHandler` of an AWS client, which closes their connections when it is destroyed.
 * The SDK has none that heed HTTPS_PROXY, HTTP_PROXY, NO_PROXY or AWS_CA_BUNDLE. Source: AWS SDK for JavaScript developer
 * guide, configuring proxies.
 *
 * @throws ProxyError when a proxy cannot be used
 * @throws CertificateBundleError when AWS_CA_BUNDLE cannot be read
 */
export function connectionsOf(env: Readonly<Record<string, string | undefined>>): {
  readonly httpAgent: HttpAgent;
  readonly httpsAgent: Agent;
} {
  const proxies = readProxies(env);
  mustKnowProxies(proxies);
  const authorities = readAuthorities(env.AWS_CA_BUNDLE);
  return {
    httpAgent: new HttpAgent({ ...CONNECTIONS, proxyEnv: proxyEnv(proxies) }),
    httpsAgent: new TunnelAgent({ ...CONNECTIONS, ...authorities, proxyEnv: proxyEnv(proxies) }, proxies.https),
  };
}

/** The file that AWS_CA_BUNDLE names cannot be read. */
export class CertificateBundleError extends Error {
  override readonly name = 'CertificateBundleError';
}

/** As with the AWS CLI, the bundle stands for all authorities that are trusted. Source: AWS CLI user guide, AWS_CA_BUNDLE. */
function readAuthorities(bundle: string | undefined): { readonly ca?: Buffer } {
  if (!bundle) return {};
  try {
    return { ca: readFileSync(bundle) };
  } catch (error) {
    throw new CertificateBundleError(`AWS_CA_BUNDLE names a file that cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Says which proxy it was when a connection through one does not come about. */
class TunnelAgent extends Agent {
  readonly #proxy: NamedProxy | undefined;

  constructor(options: AgentOptions, proxy: NamedProxy | undefined) {
    super(options);
    this.#proxy = proxy;
  }

  override createConnection(...[options, callback]: Parameters<Agent['createConnection']>) {
    const proxy = this.#proxy;
    if (!proxy) return super.createConnection(options, callback);
    // Without a limit, a tunnel that never opens would keep the process alive. Node calls back of tunnels alone.
    return super.createConnection({ ...options, timeout: TUNNEL_TIMEOUT_IN_MILLISECONDS }, (error, socket) =>
      callback?.(error && explain(error, proxy, `${options.host}:${options.port}`), socket),
    );
  }
}

interface TunnelError extends Error {
  readonly code?: string;
  readonly statusCode?: number;
  readonly proxyTunnelTimeout?: number;
}

function explain(error: TunnelError, { name, variable }: NamedProxy, target: string): ProxyError {
  const { statusCode: refusedWith, proxyTunnelTimeout: limit, message } = error;
  const refusal = (why: string, code?: string) =>
    new ProxyError(`the proxy ${name} (${variable}) lets nothing through to ${target}: ${why}`, {
      refusedWith,
      code,
      cause: error,
    });
  if (refusedWith !== undefined) {
    const [, status = String(refusedWith)] = /: HTTP\/\S+ (.*)$/s.exec(message) ?? [];
    return refusal(status.trim(), refusedWith < 500 ? undefined : 'ECONNRESET');
  }
  if (limit !== undefined) return refusal(`no answer within ${limit} ms`);
  if (error.code === 'ERR_PROXY_TUNNEL') return refusal('it ended the connection', 'ECONNRESET');
  return new ProxyError(`no connection to ${target} by the proxy ${name} (${variable}): ${message}`, {
    code: error.code,
    cause: error,
  });
}

function proxyEnv({ http, https, bypassed }: Proxies) {
  return { ...(http && { http_proxy: http.url }), ...(https && { https_proxy: https.url }), no_proxy: bypassed };
}

/** Source: Node.js documentation, http.Agent, `proxyEnv`: since 24.5. Older ones would overlook it without a word. */
function mustKnowProxies({ http, https }: Proxies): void {
  const proxy = https ?? http;
  if (!proxy || process.allowedNodeEnvironmentFlags.has('--use-env-proxy')) return;
  throw new ProxyError(
    `Node ${process.version} cannot use the proxy ${proxy.name} (${proxy.variable}): 24.5 or newer can.`,
  );
}
