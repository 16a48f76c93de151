/**
 * Gets a batch of user records to PutUsers in as few calls as there can be, and says what became of each.
 *
 * Records are called in groups of ten, or of fewer where many are rejected. Of several records of one user only the newest
 * is called; an older one gets its turn when the newer was rejected. A rejected group is split until its culprits are found.
 */

import { type Classification, classify } from '../../aws/classify-error.ts';
import type { Random } from '../../aws/equal-jitter.ts';
import { CALL_TIMEOUT_IN_MILLISECONDS } from '../../contract/deployment/time-budget.ts';
import type { Reason } from '../../contract/message/reason.ts';
import type { UserRecord } from '../../contract/message/schema.ts';
import { bestGroupSize } from './group-size.ts';
import type { Pacer } from './pacer.ts';
import type { Clock, PutUsers } from './ports.ts';
import { firstPartSize } from './split.ts';
import type { Unsettled, Verdict } from './verdict.ts';

/** A user record on its way. `deliver` fills in its verdict. */
export interface Delivery {
  readonly user: UserRecord;
  /** The next older record of the same user in the batch. */
  older?: Delivery;
  verdict?: Verdict;
}

/** What the calls of a batch came to. */
export interface DeliveryStatistics {
  /** Attempts, each of which spent the quota. */
  calls: number;
  throttledCalls: number;
  /** Users in all attempts together. */
  usersCalled: number;
}

export interface DeliverOptions {
  readonly putUsers: PutUsers;
  readonly pacer: Pacer;
  readonly clock: Clock;
  readonly random: Random;
  /** No call goes on past this, in milliseconds by the clock. */
  readonly deadline: number;
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

/** Groups on their way at a time: enough to hold the rate when calls are slow. The pacer holds them to it. */
const MAX_GROUPS_IN_FLIGHT = 10;

/** A call that would have less time than this, in milliseconds, is not begun. */
const SHORTEST_CALL_IN_MILLISECONDS = 500;

type Group = readonly Delivery[];
type Outcome = { readonly kind: 'delivered' } | Extract<Classification, { kind: 'rejected' }> | Unsettled;

/**
 * Delivers the newest record of each user; see above. When it returns, each of them and each older record behind it
 * has its verdict. Never throws.
 *
 * @param newest - one record a user
 */
export async function deliver(newest: readonly Delivery[], options: DeliverOptions): Promise<DeliveryStatistics> {
  const { clock, deadline, pacer, putUsers, random } = options;
  const statistics: DeliveryStatistics = { calls: 0, throttledCalls: 0, usersCalled: 0 };
  const waiting: Delivery[] = [...newest];
  let taken = 0;
  const putBack = new Set<Delivery>();
  const known = { rejected: 0, delivered: 0 };
  let failuresInARow = 0;
  let down: Reason | undefined;

  await callAll();
  return statistics;

  async function callAll(): Promise<void> {
    const inFlight = new Set<Promise<void>>();
    for (;;) {
      const left = waiting.length - taken;
      if (left === 0 && inFlight.size === 0) return;
      const size = bestGroupSize(known);
      // A group in flight may yet bring back some, so what fills no whole group waits for it.
      const mayStart = left >= size ? inFlight.size < MAX_GROUPS_IN_FLIGHT : inFlight.size === 0;
      if (mayStart) {
        const group = waiting.slice(taken, taken + size);
        taken += group.length;
        const settled = settle(group).finally(() => inFlight.delete(settled));
        inFlight.add(settled);
      } else {
        await Promise.race(inFlight);
      }
    }
  }

  async function settle(group: Group): Promise<void> {
    const outcome = await call(group);
    if (hasCulprit(outcome) && group.length > 1) await split(group);
    else conclude(group, outcome);
  }

  /** Settles a group that is known to hold a culprit; see {@link firstPartSize}. */
  async function split(group: Group): Promise<void> {
    const middle = firstPartSize(group.length);
    const first = group.slice(0, middle);
    const second = group.slice(middle);

    const outcome = await call(first);
    if (outcome.kind === 'delivered' && second.length > 1) {
      conclude(first, outcome);
      await split(second);
      return;
    }
    if (hasCulprit(outcome) && first.length > 1) await split(first);
    else conclude(first, outcome);
    if (outcome.kind === 'rejected' && !second.some((delivery) => putBack.has(delivery))) putBackToWaiting(second);
    else await settle(second);
  }

  /**
   * With the culprit in the first part, the second is no more suspect than anybody who waits: it goes into the next group
   * instead of having a call to itself. Once only, or one group with many culprits would go round and round.
   */
  function putBackToWaiting(second: Group): void {
    for (const delivery of second) putBack.add(delivery);
    // To the front: their messages are not settled before they are.
    waiting.splice(taken, 0, ...second);
  }

  /** Calls PutUsers for a group until an attempt has an answer that counts, or there is no use in another. */
  async function call(group: Group): Promise<Outcome> {
    const users = group.map(({ user }) => user);
    let outOfTime = OUT_OF_TIME;
    for (let failures = 0; ; ) {
      if (down) return { kind: 'notAttempted', reason: down };
      if (!(await pacer.admit(deadline - SHORTEST_CALL_IN_MILLISECONDS))) return outOfTime;
      if (down) return { kind: 'notAttempted', reason: down };
      statistics.calls++;
      statistics.usersCalled += users.length;
      try {
        await putUsers(users, {
          timeoutInMilliseconds: Math.max(1, Math.min(CALL_TIMEOUT_IN_MILLISECONDS, deadline - clock.now())),
        });
        pacer.answered(false);
        failuresInARow = 0;
        return { kind: 'delivered' };
      } catch (error) {
        const failure = classify(error);
        if (failure.kind === 'rejected') {
          pacer.answered(false);
          failuresInARow = 0;
          return failure;
        }
        const throttled = failure.cause === 'throttled';
        pacer.answered(throttled);
        const transient: Unsettled = { kind: 'transient', reason: failure.reason };
        outOfTime = transient;
        // The pacer sees to it that the next attempt does not come too soon, and that the calls become fewer.
        if (throttled) {
          statistics.throttledCalls++;
          continue;
        }
        failures++;
        noteFailure(failure.reason);
        if (failure.cause === 'deployment' || failures === MAX_ATTEMPTS) return transient;
        await clock.sleep(FIRST_WAIT_IN_MILLISECONDS * 2 ** (failures - 1) * (0.5 + random()));
      }
    }
  }

  function noteFailure(reason: Reason): void {
    failuresInARow++;
    if (failuresInARow >= FAILURES_UNTIL_DOWN) down = reason;
  }

  function conclude(group: Group, outcome: Outcome): void {
    if (outcome.kind === 'delivered') known.delivered += group.length;
    if (hasCulprit(outcome)) known.rejected += group.length;
    for (const delivery of group) {
      delivery.verdict = outcome.kind === 'rejected' ? { kind: 'rejected', reason: outcome.reason } : outcome;
      if (!delivery.older) continue;
      if (outcome.kind === 'rejected') waiting.push(delivery.older);
      else giveToOlder(delivery.older, outcome.kind === 'delivered' ? SUPERSEDED : outcome);
    }
  }
}

/** Whether one of the users is at fault, so that splitting the group finds it. */
function hasCulprit(outcome: Outcome): boolean {
  return outcome.kind === 'rejected' && outcome.scope === 'user';
}

const SUPERSEDED: Verdict = { kind: 'superseded' };

/** The code of a user that no call was made for, since the function's time was running out. */
export const DEADLINE_EXCEEDED = 'DeadlineExceeded';

const OUT_OF_TIME: Unsettled = {
  kind: 'notAttempted',
  reason: { code: DEADLINE_EXCEEDED, message: 'the function was out of time before it could call PutUsers' },
};

function giveToOlder(older: Delivery, verdict: Verdict): void {
  for (let next: Delivery | undefined = older; next; next = next.older) next.verdict = verdict;
}
