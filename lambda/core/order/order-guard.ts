/** Takes and ends the leases of a batch's users, beside their calls: a few are ready ahead of each call, and no more. */
import { ORDER_RESERVE_IN_MILLISECONDS } from '../../../contract/deployment/time-budget.ts';
import type { Reason } from '../../../contract/message/reason.ts';
import { OUT_OF_TIME } from '../call-group.ts';
import type { Delivery, Group } from '../delivery.ts';
import type { Lanes } from '../lanes.ts';
import type { Clock, UserVersions, WallClock } from '../ports.ts';
import type { Verdict } from '../verdict.ts';
import {
  admissionOf,
  endOf,
  type Hold,
  isSuperseded,
  type LeaseEnd,
  type LeaseEndReply,
  type LeaseReply,
  type LeaseRequest,
  leaseUntil,
  problemWithEnd,
  USER_BEING_UPDATED,
} from './lease.ts';

/** With fewer users ready than this, the next leases are taken. */
const READY = 20;
/** Leases that are asked for together. */
const ASKED_TOGETHER = 50;
/** How long the table may take, in milliseconds. */
const TABLE_TIMEOUT_IN_MILLISECONDS = 2_000;
/** Whoever waits for others to end their leases asks again after so many milliseconds, each time after twice as many... */
const FIRST_WAIT_IN_MILLISECONDS = 100;
/** ...and so often. What then still waits is retried with its message. */
const WAITS = 5;
/** When all of so many together have failed one after the other, the table is taken to be down. */
const FAILURES_UNTIL_DOWN = 2;

export interface OrderGuardOptions {
  readonly versions: UserVersions;
  /** Unlike that of any other invocation. */
  readonly owner: string;
  readonly clock: Clock;
  readonly wallClock: WallClock;
  /** No call goes on past this, in milliseconds by the clock. */
  readonly deadline: number;
  /** When the invocation is cut off, in milliseconds by the clock. */
  readonly endsAt: number;
  /** Is told of what threw, though nothing should; says why the users concerned are to be tried again. */
  readonly onDefect: (thrown: unknown, group: Group) => Reason;
}

/** The guard of one batch. */
export interface OrderGuard {
  /** Whether somebody has no lease yet and no verdict. */
  isOpen(): boolean;
  /** What is going on: leases being taken. Undefined when nothing is. */
  leasing(): Promise<void> | undefined;
  /** Begins to take leases if few users are ready. Whoever gets one is added to the lanes; all others get their verdict. */
  fill(lanes: Lanes): void;
  /** Takes note that a call with these users had no answer that says what became of it. */
  unanswered(group: Group): void;
  /**
   * Whether an older record may be called in the place of a newer one that was rejected. If not, it has its verdict, and so
   * have those behind it.
   */
  mayFollow(older: Delivery): boolean;
  /** Begins to end the leases of users whose last call was made. A verdict may change until {@link OrderGuard.end}. */
  finish(ended: readonly Delivery[]): void;
  /** Resolves when all leases have ended that were to end. */
  end(): Promise<void>;
}

const SUPERSEDED: Verdict = { kind: 'superseded', by: 'stored' };

/**
 * Makes the guard of a batch.
 *
 * @param newest - one record a user, each with its version
 */
export function createOrderGuard(newest: readonly Delivery[], options: OrderGuardOptions): OrderGuard {
  const { versions, owner, clock, wallClock, deadline, endsAt, onDefect } = options;
  const unasked = [...newest];
  let blocked: Delivery[] = [];
  let waits = 0;
  let failedInARow = 0;
  let down: Reason | undefined;
  let leasing: Promise<void> | undefined;
  const holds = new Map<string, Hold>();
  const ending = new Set<Promise<void>>();

  const within = () => ({
    timeoutInMilliseconds: Math.max(
      1,
      Math.min(TABLE_TIMEOUT_IN_MILLISECONDS, deadline + ORDER_RESERVE_IN_MILLISECONDS - clock.now()),
    ),
  });

  const ask = async (deliveries: readonly Delivery[], lanes: Lanes) => {
    const now = wallClock();
    const until = leaseUntil(now + (endsAt - clock.now()));
    const requests = deliveries.map(({ user, version }) => requestFor(user.userId, version!, { owner, now, until }));
    const replies = await askTable(versions, requests, within());
    const admit = (delivery: Delivery, reply: LeaseReply, request: LeaseRequest) => {
      const admission = admissionOf(reply, request);
      if (admission.kind === 'superseded') giveToAll(delivery, SUPERSEDED);
      else if (admission.kind === 'failed') giveToAll(delivery, { kind: 'transient', reason: admission.reason });
      else if (admission.kind === 'wait') {
        keepAway(delivery, admission.until);
        blocked.push(delivery);
      } else if (admission.kind === 'later') {
        keepAway(delivery, admission.until);
        giveToAll(delivery, { kind: 'transient', reason: BEING_UPDATED });
      } else if (reply.kind === 'leased') {
        keepAway(delivery, undefined);
        holds.set(delivery.user.userId, { request, stored: reply.stored, mayLinger: false });
        lanes.add(delivery);
      }
    };
    deliveries.forEach((delivery, index) => {
      try {
        admit(delivery, replies[index] ?? NO_REPLY, requests[index]!);
      } catch (thrown) {
        failAll([delivery], thrown);
      }
    });
    const failures = replies.filter(({ kind }) => kind === 'failed');
    failedInARow = failures.length === deliveries.length ? failedInARow + 1 : 0;
    const [failure] = failures;
    if (failedInARow >= FAILURES_UNTIL_DOWN && failure?.kind === 'failed') down = failure.reason;
  };

  /** Whoever has no lease gets none any more. */
  const giveUp = (verdictOf: (delivery: Delivery) => Verdict) => {
    for (const delivery of [...unasked.splice(0), ...blocked]) giveToAll(delivery, verdictOf(delivery));
    blocked = [];
  };

  const begin = (deliveries: readonly Delivery[], step: () => Promise<void>) => {
    leasing = step()
      .catch((thrown) => {
        const lost = deliveries.filter(
          (delivery) => !delivery.verdict && !holds.has(delivery.user.userId) && !blocked.includes(delivery),
        );
        failAll(lost, thrown);
      })
      .finally(() => {
        leasing = undefined;
      });
  };

  /** Of whom a defect keeps us from knowing more. */
  const failAll = (deliveries: readonly Delivery[], thrown: unknown) => {
    const reason = onDefect(thrown, deliveries);
    for (const delivery of deliveries) giveToAll(delivery, { kind: 'transient', reason });
  };

  const endLeases = async (ends: readonly (readonly [Delivery, LeaseEnd])[]) => {
    const replies = await endInTable(
      versions,
      ends.map(([, end]) => end),
      within(),
    );
    ends.forEach(([delivery, end], index) => {
      const reason = problemWithEnd(end, replies[index] ?? NO_REPLY);
      if (reason) giveToAll(delivery, { kind: 'transient', reason });
    });
  };

  return {
    isOpen: () => unasked.length > 0 || blocked.length > 0 || leasing !== undefined,
    leasing: () => leasing,
    fill(lanes) {
      if (leasing || lanes.left() >= READY || (unasked.length === 0 && blocked.length === 0)) return;
      if (down) {
        const reason = down;
        giveUp(() => ({ kind: 'notAttempted', reason }));
      } else if (clock.now() >= deadline) giveUp(() => OUT_OF_TIME);
      else if (unasked.length > 0) {
        const next = unasked.splice(0, ASKED_TOGETHER);
        begin(next, () => ask(next, lanes));
      } else if (lanes.left() > 0) return;
      else if (waits === WAITS) giveUp(() => ({ kind: 'transient', reason: BEING_UPDATED }));
      else {
        const again = blocked.splice(0);
        begin(again, async () => {
          await clock.sleep(FIRST_WAIT_IN_MILLISECONDS * 2 ** waits++);
          await ask(again, lanes);
        });
      }
    },
    unanswered(group) {
      for (const { user } of group) {
        const hold = holds.get(user.userId);
        if (hold) holds.set(user.userId, { ...hold, mayLinger: true });
      }
    },
    mayFollow(older) {
      const hold = holds.get(older.user.userId);
      if (!hold || !isSuperseded(older.version!, hold.stored)) return true;
      giveToAll(older, SUPERSEDED);
      return false;
    },
    finish(ended) {
      const now = wallClock();
      const ends = ended.flatMap((delivery) => {
        const hold = holds.get(delivery.user.userId);
        if (!hold) return [];
        holds.delete(delivery.user.userId);
        const end = endOf(hold, delivery.verdict?.kind === 'delivered' ? delivery.version : undefined, now);
        keepAway(delivery, end.keptUntil);
        return [[delivery, end] as const];
      });
      if (ends.length === 0) return;
      const isDone = endLeases(ends)
        .catch((thrown) =>
          failAll(
            ends.map(([delivery]) => delivery),
            thrown,
          ),
        )
        .finally(() => ending.delete(isDone));
      ending.add(isDone);
    },
    async end() {
      while (ending.size > 0) await Promise.all(ending);
    },
  };
}

const BEING_UPDATED: Reason = {
  code: USER_BEING_UPDATED,
  message: 'another record of the same user is being delivered, or a call with one may still take effect',
};

const NO_REPLY = {
  kind: 'failed',
  reason: { code: 'UnknownError', message: 'the table of versions gave no answer' },
} as const;

function requestFor(
  userId: string,
  version: bigint,
  lease: Pick<LeaseRequest, 'owner' | 'now' | 'until'>,
): LeaseRequest {
  return { userId, version, ...lease };
}

/** The port promises not to throw. */
async function askTable(
  versions: UserVersions,
  requests: readonly LeaseRequest[],
  within: Parameters<UserVersions['lease']>[1],
): Promise<readonly LeaseReply[]> {
  try {
    return await versions.lease(requests, within);
  } catch {
    return requests.map(() => NO_REPLY);
  }
}

async function endInTable(
  versions: UserVersions,
  ends: readonly LeaseEnd[],
  within: Parameters<UserVersions['end']>[1],
): Promise<readonly LeaseEndReply[]> {
  try {
    return await versions.end(ends, within);
  } catch {
    return ends.map(() => NO_REPLY);
  }
}

/** There is no use in another attempt at a record before a time, nor at an older one of its user in the batch. */
function keepAway(delivery: Delivery, until: number | undefined): void {
  for (let next: Delivery | undefined = delivery; next; next = next.older) next.notBefore = until;
}

/** A record and all older ones of its user in the batch. */
function giveToAll(delivery: Delivery, verdict: Verdict): void {
  for (let next: Delivery | undefined = delivery; next; next = next.older) next.verdict = verdict;
}
