/**
 * Gets a batch of user records to PutUsers in as few calls as there can be, and says what became of each.
 *
 * Records are called in groups of ten, or of fewer where many are rejected. Of several records of one user only the newest
 * is called; an older one gets its turn when the newer was rejected. A rejected group is split until its culprits are found.
 */
import {
  type CallGroup,
  type CallOptions,
  createCallGroup,
  type DeliveryStatistics,
  type Outcome,
} from './call-group.ts';
import type { Delivery, Group } from './delivery.ts';
import { createLane, type Lane } from './lane.ts';
import { firstPartSize } from './split.ts';
import type { Verdict } from './verdict.ts';

/** Groups on their way at a time: enough to hold the rate when calls are slow. The pacer holds them to it. */
const MAX_GROUPS_IN_FLIGHT = 10;

/** What one batch's delivery goes on with. */
interface Run {
  readonly call: CallGroup;
  readonly lane: Lane;
}

/**
 * Delivers the newest record of each user; see above. When it returns, each of them and each older record behind it
 * has its verdict. Never throws.
 *
 * @param newest - one record a user
 */
export async function deliver(newest: readonly Delivery[], options: CallOptions): Promise<DeliveryStatistics> {
  const statistics: DeliveryStatistics = { calls: 0, throttledCalls: 0, usersCalled: 0 };
  await callAll({ call: createCallGroup(options, statistics), lane: createLane(newest) });
  return statistics;
}

async function callAll(run: Run): Promise<void> {
  const { lane } = run;
  const inFlight = new Set<Promise<void>>();
  while (lane.left > 0 || inFlight.size > 0) {
    // A group in flight may yet bring back some, so what fills no whole group waits for it.
    const mayStart = lane.left >= lane.groupSize() ? inFlight.size < MAX_GROUPS_IN_FLIGHT : inFlight.size === 0;
    if (mayStart) {
      const settled = settle(lane.take(), run).finally(() => inFlight.delete(settled));
      inFlight.add(settled);
    } else {
      await Promise.race(inFlight);
    }
  }
}

async function settle(group: Group, run: Run): Promise<void> {
  const outcome = await run.call(group);
  if (hasCulprit(outcome) && group.length > 1) await split(group, run);
  else conclude(group, outcome, run);
}

/** Settles a group that is known to hold a culprit; see {@link firstPartSize}. */
async function split(group: Group, run: Run): Promise<void> {
  const middle = firstPartSize(group.length);
  const first = group.slice(0, middle);
  const second = group.slice(middle);

  const outcome = await run.call(first);
  if (outcome.kind === 'delivered' && second.length > 1) {
    conclude(first, outcome, run);
    await split(second, run);
    return;
  }
  if (hasCulprit(outcome) && first.length > 1) await split(first, run);
  else conclude(first, outcome, run);
  // With the culprit in the first part, the second is no more suspect than anybody who waits: it goes into the next group
  // instead of having a call to itself.
  if (outcome.kind === 'rejected' && !run.lane.wasPutBack(second)) run.lane.putBack(second);
  else await settle(second, run);
}

function conclude(group: Group, outcome: Outcome, { lane }: Run): void {
  if (outcome.kind === 'delivered') lane.learn('delivered', group.length);
  if (hasCulprit(outcome)) lane.learn('rejected', group.length);
  for (const delivery of group) {
    delivery.verdict = outcome.kind === 'rejected' ? { kind: 'rejected', reason: outcome.reason } : outcome;
    if (!delivery.older) continue;
    if (outcome.kind === 'rejected') lane.add(delivery.older);
    else giveToOlder(delivery.older, outcome.kind === 'delivered' ? SUPERSEDED : outcome);
  }
}

/** Whether one of the users is at fault, so that splitting the group finds it. */
function hasCulprit(outcome: Outcome): boolean {
  return outcome.kind === 'rejected' && outcome.scope === 'user';
}

const SUPERSEDED: Verdict = { kind: 'superseded' };

function giveToOlder(older: Delivery, verdict: Verdict): void {
  for (let next: Delivery | undefined = older; next; next = next.older) next.verdict = verdict;
}
