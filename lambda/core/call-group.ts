/** One group's call to PutUsers: paced, and repeated for as long as that makes sense. */
import { type Classification, classify } from '../../aws/classify-error.ts';
import type { Random } from '../../aws/equal-jitter.ts';
import type { MisfitKind } from '../../contract/dataset/misfits.ts';
import { CALL_TIMEOUT_IN_MILLISECONDS } from '../../contract/deployment/time-budget.ts';
import type { Reason } from '../../contract/message/reason.ts';
import type { Group } from './delivery.ts';
import type { Pacer } from './pacer.ts';
import type { Clock, PutUsers } from './ports.ts';
import type { Unsettled } from './verdict.ts';

/** What a call came to. */
export type Outcome = { readonly kind: 'delivered' } | Rejection | Unsettled;

/** PutUsers refused the group. */
export type Rejection = Extract<Classification, { kind: 'rejected' }>;

/** Calls PutUsers for a group, before all that wait with a later turn. Never throws. */
export type CallGroup = (group: Group, turn: number) => Promise<Outcome>;

/** What the calls of a batch came to. */
export interface DeliveryStatistics {
  /** Attempts, each of which spent the quota. */
  calls: number;
  throttledCalls: number;
  /** Users in all attempts together. */
  usersCalled: number;
  /** Suspects that PutUsers took and refused, by their kinds of misfit. @default there were none */
  suspects?: Partial<Record<MisfitKind, { delivered: number; rejected: number }>>;
}

export interface CallOptions {
  readonly putUsers: PutUsers;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  /** No call goes on past this, in milliseconds by the clock. */
  readonly deadline: number;
  /** Is told of a call that had no answer which says what became of it. @default nobody is */
  readonly onUnanswered?: ((group: Group) => void) | undefined;
}

/**
 * Attempts at one group in one invocation before its messages wait in the queue instead. Throttled ones do not count: the
 * service is there, and asks for patience.
 */
const MAX_ATTEMPTS = 3;

/** The first wait between two attempts at a group, in milliseconds; it doubles. */
const FIRST_WAIT_IN_MILLISECONDS = 200;

/** So many failed attempts one after the other, over all groups, and the service is taken to be down. */
const FAILURES_UNTIL_DOWN = 6;

/** A call that would have less time than this, in milliseconds, is not begun. */
const SHORTEST_CALL_IN_MILLISECONDS = 500;

/** The code of a user that no call was made for, since the function's time was running out. */
export const DEADLINE_EXCEEDED = 'DeadlineExceeded';

/** The verdict of who had no call. */
export const OUT_OF_TIME: Unsettled = {
  kind: 'notAttempted',
  reason: { code: DEADLINE_EXCEEDED, message: 'the function was out of time before it could call PutUsers' },
};

/**
 * Makes what calls PutUsers for the groups of one batch.
 *
 * @param statistics - counts its attempts
 */
export function createCallGroup(options: CallOptions, statistics: DeliveryStatistics): CallGroup {
  const { clock, deadline, pacer, random } = options;
  const outage = watchForOutage();

  /** Calls until an attempt has an answer that counts, or there is no use in another. */
  return async (group, turn) => {
    let outOfTime = OUT_OF_TIME;
    for (let failures = 0; ; ) {
      if (!outage.reason() && !(await pacer.admit(deadline - SHORTEST_CALL_IN_MILLISECONDS, turn))) return outOfTime;
      const down = outage.reason();
      if (down) return { kind: 'notAttempted', reason: down };

      const answer = await attempt(group, options, statistics);
      const throttled = answer.kind === 'transient' && answer.cause === 'throttled';
      pacer.answered(throttled);
      if (answer.kind !== 'transient') {
        outage.answered();
        return answer;
      }
      outOfTime = { kind: 'transient', reason: answer.reason };
      // The pacer sees to it that the next attempt does not come too soon, and that the calls become fewer.
      if (throttled) {
        statistics.throttledCalls++;
        continue;
      }
      failures++;
      outage.failed(answer.reason);
      if (answer.cause === 'deployment' || failures === MAX_ATTEMPTS) return outOfTime;
      await clock.sleep(FIRST_WAIT_IN_MILLISECONDS * 2 ** (failures - 1) * (0.5 + random()));
    }
  };
}

/** Makes one attempt. */
async function attempt(
  group: Group,
  { putUsers, clock, deadline, onUnanswered }: CallOptions,
  statistics: DeliveryStatistics,
): Promise<{ readonly kind: 'delivered' } | Classification> {
  statistics.calls++;
  statistics.usersCalled += group.length;
  try {
    await putUsers(
      group.map(({ user }) => user),
      { timeoutInMilliseconds: Math.max(1, Math.min(CALL_TIMEOUT_IN_MILLISECONDS, deadline - clock.now())) },
    );
    return { kind: 'delivered' };
  } catch (error) {
    const classification = classify(error);
    // Whatever else it was, it was refused before it was done.
    if (classification.kind === 'transient' && classification.cause === 'passing') onUnanswered?.(group);
    return classification;
  }
}

/** Whether the service is down: then nobody else needs to find out by a call of its own. */
function watchForOutage() {
  let failuresInARow = 0;
  let reason: Reason | undefined;
  return {
    /** Why nothing more is called in this batch. */
    reason: () => reason,
    answered: () => {
      failuresInARow = 0;
    },
    failed: (failure: Reason) => {
      failuresInARow++;
      if (failuresInARow >= FAILURES_UNTIL_DOWN) reason = failure;
    },
  };
}
