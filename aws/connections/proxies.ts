/** Which proxies the environment names, as `aws`, `npm` and `cdk` read it. */

/** The environment variables that name proxies, in the order in which they count. */
export type ProxyVariable = 'https_proxy' | 'HTTPS_PROXY' | 'http_proxy' | 'HTTP_PROXY';

/** A proxy, and which variable names it. */
export interface NamedProxy {
  readonly variable: ProxyVariable;
  /** Such as `http://joe:secret@proxy.example.com:3128/`; for nobody to read. */
  readonly url: string;
  /** The same without user and password. */
  readonly name: string;
}

/** What is used for which URLs. */
export interface Proxies {
  /** For `https:` URLs. */
  readonly https: NamedProxy | undefined;
  /** For `http:` URLs. */
  readonly http: NamedProxy | undefined;
  /** Hosts that are asked directly, in the form that Node's agents take: with commas between. */
  readonly bypassed: string;
}

export interface ProxyErrorOptions extends ErrorOptions {
  readonly refusedWith?: number | undefined;
  readonly code?: string | undefined;
}

/** A proxy cannot be used, or does not let a connection through. The message names it, without its password. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** The HTTP status with which it refused a connection; undefined when it was not that. */
  readonly refusedWith: number | undefined;
  /** As system errors have it: the SDK tries again after those that pass. */
  readonly code: string | undefined;

  constructor(message: string, { refusedWith, code, ...options }: ProxyErrorOptions = {}) {
    super(message, options);
    this.refusedWith = refusedWith;
    this.code = code;
  }
}

/** What is on this machine is not behind a proxy of another. */
const THIS_MACHINE = ['localhost', '*.localhost', '127.0.0.0-127.255.255.255', '::1', '[::1]'];

/**
 * Reads the variables. Lower case goes first, as with curl and Node. Without a scheme, `http://` is meant, as with the AWS
 * CLI (`_fix_proxy_url` in botocore). A name in NO_PROXY stands for its subdomains, too, as with the AWS CLI, npm and curl.
 *
 * @throws ProxyError for a value that is no URL of a proxy
 */
export function readProxies(env: Readonly<Record<string, string | undefined>>): Proxies {
  const excepted = (env.no_proxy || env.NO_PROXY || '').split(/[\s,]+/).filter((entry) => entry !== '');
  return {
    https: readProxy(env, 'https_proxy', 'HTTPS_PROXY'),
    http: readProxy(env, 'http_proxy', 'HTTP_PROXY'),
    bypassed: [...THIS_MACHINE, ...excepted.flatMap(withSubdomains)].join(','),
  };
}

/** Whether a host name, as `URL` has it, is this machine. */
export function isThisMachine(hostname: string): boolean {
  return /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/i.test(hostname);
}

function readProxy(
  env: Readonly<Record<string, string | undefined>>,
  ...variables: readonly ProxyVariable[]
): NamedProxy | undefined {
  const variable = variables.find((name) => env[name]?.trim());
  if (!variable) return undefined;
  const text = env[variable]!.trim();
  const full = /^[a-z\d+.-]+:\/\//i.test(text) ? text : `http://${text.replace(/^\/\//, '')}`;
  // The value may hold a password, so it is not said.
  if (!URL.canParse(full)) throw new ProxyError(`${variable} is no URL of a proxy: it takes http://HOST:PORT.`);
  const url = new URL(full);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ProxyError(
      `${variable} names a proxy of the kind ${url.protocol}//, which cannot be used: it takes http:// or https://.`,
    );
  }
  return { variable, url: url.href, name: `${url.protocol}//${url.host}` };
}

/** Node takes `example.com` for that host alone, and `.example.com` for its subdomains as well. */
function withSubdomains(entry: string): readonly string[] {
  return /^[a-z\d]/i.test(entry) && /[a-z]/i.test(entry) && !entry.includes(':') ? [entry, `.${entry}`] : [entry];
}
