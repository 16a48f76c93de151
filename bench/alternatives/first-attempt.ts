/**
 * What a first attempt looks like: groups of ten, one call after the other, and when a call fails the whole batch has failed.
 */

import { USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import type { SimulatedFunction } from '../../simulation/planning/simulated-function.ts';
import { withSdkRetries } from './sdk-retries.ts';

export const firstAttempt: SimulatedFunction = (surroundings) => {
  const putUsers = withSdkRetries(surroundings.putUsers, surroundings);
  return async ({ Records }) => {
    const users = Records.map(({ body }): UserRecord => {
      const { userId, properties } = JSON.parse(body);
      return { userId, properties: JSON.stringify(properties) };
    });
    for (let start = 0; start < users.length; start += USERS_PER_CALL) {
      await putUsers(users.slice(start, start + USERS_PER_CALL), { timeoutInMilliseconds: 5_000 });
    }
    return undefined;
  };
};
