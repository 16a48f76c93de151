/**
 * One user a call, one call after the other, as RudderStack's Amazon Personalize destination makes them: it turns each event
 * into a PutUsers call of its own. Source: RudderStack docs, Amazon Personalize destination.
 */
import type { UserRecord } from '../../contract/message/schema.ts';
import type { SimulatedFunction } from '../../simulation/planning/simulated-function.ts';
import { withSdkRetries } from './sdk-retries.ts';

export const oneUserPerCall: SimulatedFunction = (surroundings) => {
  const putUsers = withSdkRetries(surroundings.putUsers, surroundings);
  return async ({ Records }) => {
    const failed: string[] = [];
    for (const { body, messageId } of Records) {
      const { userId, properties } = JSON.parse(body);
      const user: UserRecord = { userId, properties: JSON.stringify(properties) };
      await putUsers([user], { timeoutInMilliseconds: 5_000 }).catch(() => failed.push(messageId));
    }
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
};
