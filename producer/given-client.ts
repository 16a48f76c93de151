/** A client that a program gives to its producer: of the SDK that the program has, and not of the one that the producer brings. */
import type { SQSClient } from '@aws-sdk/client-sqs';

/** What a producer needs of an `SQSClient` of `@aws-sdk/client-sqs`. */
export interface QueueClient {
  /** Sends a command. */
  send(command: never, options: { readonly abortSignal: AbortSignal }): Promise<unknown>;
}

/** The oldest release that is known to work, of those that were tried: 3.920.0 does not. */
const OLDEST_RELEASE = '3.972.0';

/**
 * The client, if it can send the producer's commands. Clients of older releases serialize what they send in another way, and fail
 * with each batch. What is no client of the SDK, such as a test's, is for whoever gives it.
 *
 * @throws TypeError for a client of an older release
 */
export function usableClient(client: QueueClient): SQSClient {
  const { config } = client as { readonly config?: { readonly protocol?: unknown } };
  if (config && config.protocol === undefined) {
    throw new TypeError(
      `client takes an SQSClient of @aws-sdk/client-sqs ${OLDEST_RELEASE} or newer, and this is of an older one: update the package.`,
    );
  }
  return client as SQSClient;
}
