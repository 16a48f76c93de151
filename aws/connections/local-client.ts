/** Settings of an AWS client for a local service: all of them, so that none is looked up in the user's configuration. */

/** Credentials for services that check none. */
export const DUMMY_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' } as const;

/** Where a local service listens, and which region it plays. */
export interface LocalAddress {
  /** Such as `http://127.0.0.1:4566`. */
  readonly endpoint: string;
  readonly region: string;
}

/**
 * The settings. What they leave out, the SDK would read from environment variables, such as AWS_USE_FIPS_ENDPOINT or
 * AWS_RETRY_MODE, and from `~/.aws/config`.
 * Source: AWS SDKs and tools reference guide, settings reference; `runtimeConfig.js` of the SDK's clients.
 */
export function localClientSettings({ endpoint, region }: LocalAddress) {
  return {
    endpoint,
    region,
    credentials: DUMMY_CREDENTIALS,
    useFipsEndpoint: false,
    useDualstackEndpoint: false,
    defaultsMode: 'standard',
    retryMode: 'standard',
    maxAttempts: 3,
    authSchemePreference: ['sigv4'] as string[],
    userAgentAppId: async () => undefined,
    // Without a proxy, whatever NODE_USE_ENV_PROXY says. Source: Node.js documentation, http.Agent, `proxyEnv`.
    requestHandler: { httpAgent: { keepAlive: true, maxSockets: 50, proxyEnv: {} } },
  } as const;
}
