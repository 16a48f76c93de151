/** What AWS clients are made with: connections, and credentials that are fetched over the same. */

import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { connectionsOf } from './agents.ts';

export interface ConnectionOptions {
  /** A profile of the shared AWS configuration. @default AWS_PROFILE */
  readonly profile?: string | undefined;
  /** Time limits, in milliseconds. @default the SDK's */
  readonly limits?: {
    readonly connectionTimeout?: number;
    readonly requestTimeout?: number;
    readonly throwOnRequestTimeout?: boolean;
  };
}

/**
 * Makes the settings of one AWS client, for its constructor. By itself, the SDK would fetch credentials of AWS SSO without the
 * proxy.
 *
 * @throws what {@link connectionsOf} throws
 */
export function awsConnection({ profile, limits = {} }: ConnectionOptions = {}) {
  const requestHandler = { ...limits, ...connectionsOf(process.env) };
  return {
    requestHandler,
    credentials: defaultProvider({ ...(profile && { profile }), clientConfig: { requestHandler } }),
  };
}
