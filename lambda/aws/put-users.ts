import { type PersonalizeEventsClient, PutUsersCommand } from '@aws-sdk/client-personalize-events';
import { timeLimit } from '../../aws/time-limit.ts';
import type { PutUsers } from '../core/ports.ts';

/**
 * The PutUsers operation as a port.
 *
 * @param client - makes one attempt a call (`maxAttempts: 1`): the core counts and paces each one
 */
export function putUsersWith(client: PersonalizeEventsClient, datasetArn: string): PutUsers {
  return async (users, { timeoutInMilliseconds }) => {
    const limit = timeLimit(timeoutInMilliseconds);
    try {
      await client.send(new PutUsersCommand({ datasetArn, users: [...users] }), { abortSignal: limit.signal });
    } catch (error) {
      throw limit.explain(error);
    }
  };
}
