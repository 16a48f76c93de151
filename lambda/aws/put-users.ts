import type { PersonalizeEventsClient } from '@aws-sdk/client-personalize-events';
import { PutUsersCommand } from '@aws-sdk/client-personalize-events';
import type { PutUsers } from '../core/ports.ts';

/** No reply in time. Whether the users were put is unknown; putting them again does no harm. */
export class CallTimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The PutUsers operation as a port.
 *
 * @param client - makes one attempt a call (`maxAttempts: 1`): the core counts and paces each one
 */
export function putUsersWith(client: PersonalizeEventsClient, datasetArn: string): PutUsers {
  return async (users, { timeoutInMilliseconds }) => {
    const abortSignal = AbortSignal.timeout(timeoutInMilliseconds);
    try {
      await client.send(new PutUsersCommand({ datasetArn, users: [...users] }), { abortSignal });
    } catch (error) {
      throw abortSignal.aborted ? new CallTimeoutError(`no reply within ${timeoutInMilliseconds} ms`) : error;
    }
  };
}
