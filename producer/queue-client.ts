/** The client that a producer has when it is given none: for the region of the queue, at the endpoint that the user chose. */

import { SQSClient } from '@aws-sdk/client-sqs';
import { awsConnection } from '../aws/connections/aws-connection.ts';
import { isThisMachine } from '../aws/connections/proxies.ts';

/** What the user's AWS configuration says of endpoints. */
export interface EndpointChoice {
  /** By AWS_ENDPOINT_URL_SQS, AWS_ENDPOINT_URL, or `endpoint_url` in the configuration file. */
  readonly isCustomEndpoint: boolean;
  readonly useFipsEndpoint: boolean;
  readonly useDualstackEndpoint: boolean;
}

/**
 * Whether requests go to the host of the queue's URL, and not to the endpoint that the configuration makes for the region.
 * An endpoint that was chosen counts more than the URL, as with the AWS CLI and boto3, which do not look at the URL's host at
 * all. The SDK for JavaScript goes by the URL (its option `useQueueUrlAsEndpoint`); it does so here where nothing else was
 * chosen, for VPC endpoints and local queues. FIPS and dual-stack are AWS's, so a queue of this machine has neither.
 * Sources: AWS SDKs and tools reference guide, service-specific endpoints, and dual-stack and FIPS endpoints; botocore 1.43,
 * which has no rule for queue URLs; `queue-url.ts` of the SDK's package middleware-sdk-sqs.
 */
export function usesHostOfQueue(queueUrl: string, choice: EndpointChoice): boolean {
  if (choice.isCustomEndpoint) return false;
  if (isThisMachine(new URL(queueUrl).hostname)) return true;
  return !choice.useFipsEndpoint && !choice.useDualstackEndpoint;
}

/**
 * The region that a queue's URL names, in any of the forms that SQS has or had.
 * Source: SQS endpoints and quotas, general reference; SQS developer guide, VPC endpoints.
 *
 * @returns undefined for the URL of something else, such as a local server
 */
export function regionOfQueue(queueUrl: string): string | undefined {
  const { hostname } = new URL(queueUrl);
  const match =
    /(?:^|\.)sqs(?:-fips)?\.([a-z]+(?:-[a-z]+)+-\d+)\.(?:vpce\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/.exec(
      hostname,
    ) ?? /^([a-z]+(?:-[a-z]+)+-\d+)\.queue\.amazonaws\.com$/.exec(hostname);
  return hostname === 'queue.amazonaws.com' ? 'us-east-1' : match?.[1];
}

/**
 * Makes the client. Whoever makes it destroys it.
 *
 * @throws ProxyError or CertificateBundleError for what the environment names and cannot be used
 */
export function createQueueClient(queueUrl: string): SQSClient {
  const region = regionOfQueue(queueUrl);
  // Decided below, with what the SDK does not look at.
  const client = new SQSClient({ ...(region && { region }), ...awsConnection(), useQueueUrlAsEndpoint: false });
  const url = new URL(new URL(queueUrl).origin);
  (client as unknown as Client).middlewareStack.addRelativeTo(
    (next, context) => async (args) => {
      const { endpointV2 } = context;
      if (endpointV2 && usesHostOfQueue(queueUrl, await readChoice(client, endpointV2.url))) {
        context.endpointV2 = { ...endpointV2, url };
      }
      return next(args);
    },
    { name: 'hostOfQueue', relation: 'after', toMiddleware: 'endpointV2Middleware' },
  );
  return client;
}

/** The little that is needed of an SDK client. */
interface Client {
  readonly middlewareStack: {
    addRelativeTo(
      middleware: (
        next: (args: object) => Promise<unknown>,
        context: { endpointV2?: { readonly url: URL } },
      ) => (args: object) => Promise<unknown>,
      options: { name: string; relation: 'after'; toMiddleware: string },
    ): void;
  };
}

/** @param resolved - the endpoint that the SDK has come to */
async function readChoice({ config }: SQSClient, resolved: URL): Promise<EndpointChoice> {
  const [Region, useFipsEndpoint, useDualstackEndpoint] = await Promise.all([
    config.region(),
    config.useFipsEndpoint(),
    config.useDualstackEndpoint(),
  ]);
  const { url: ofRegion } = config.endpointProvider({
    Region,
    UseFIPS: useFipsEndpoint,
    UseDualStack: useDualstackEndpoint,
  });
  return { isCustomEndpoint: resolved.origin !== ofRegion.origin, useFipsEndpoint, useDualstackEndpoint };
}
