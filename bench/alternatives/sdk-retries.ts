/** The retries that the AWS SDK makes by itself, as a client has them unless told otherwise, on the simulation's clock. */

import type { Random } from '../../aws/equal-jitter.ts';
import type { Clock, PutUsers } from '../../lambda/core/ports.ts';

/** Source for all of these: `StandardRetryStrategy` of `@smithy/core` 3.41, which the SDK's clients use by default. */
const MAX_ATTEMPTS = 3;
const CAPACITY = 500;
const LONGEST_IN_MILLISECONDS = 20_000;
const THROTTLING = { cost: 5, baseInMilliseconds: 1_000 };
const TRANSIENT = { cost: 14, baseInMilliseconds: 50 };

/** What the SDK waits for, of the errors that the model of PutUsers throws. */
const RETRIED: readonly string[] = ['ThrottlingException', 'ServiceUnavailable', 'TimeoutError', 'ECONNRESET'];

/** PutUsers as a client of the SDK calls it. */
export function withSdkRetries(putUsers: PutUsers, { clock, random }: { clock: Clock; random: Random }): PutUsers {
  let capacity = CAPACITY;
  return async (users, within) => {
    let spent = 1;
    for (let attempt = 1; ; attempt++) {
      try {
        await putUsers(users, within);
        capacity = Math.min(CAPACITY, capacity + spent);
        return;
      } catch (error) {
        const { name } = error as Error;
        const { cost, baseInMilliseconds } = name === 'ThrottlingException' ? THROTTLING : TRANSIENT;
        if (!RETRIED.includes(name) || attempt === MAX_ATTEMPTS || capacity < cost) throw error;
        capacity -= cost;
        spent = cost;
        await clock.sleep(random() * Math.min(LONGEST_IN_MILLISECONDS, baseInMilliseconds * 2 ** (attempt - 1)));
      }
    }
  };
}
