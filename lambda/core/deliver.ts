/**
 * Gets a batch of user records to PutUsers in as few calls as there can be, and says what became of each.
 *
 * Records are called in groups of ten, or of fewer where many are rejected. Of several records of one user only the newest
 * is called; an older one gets its turn when the newer was rejected. A rejected group is split until its culprits are found.
 * Who may not fit the dataset's schema never shares a call with who does (lanes.ts). Users of sources that have few of them
 * in the batch are called first (turns.ts), and so are the parts of their groups: a call has the turn of the group that its
 * users were taken with, and no group is taken before a call can begin.
 */

import { describeMisfit } from '../../contract/message/read-message.ts';
import type { Reason } from '../../contract/message/reason.ts';
import {
  type CallGroup,
  type CallOptions,
  createCallGroup,
  type DeliveryStatistics,
  type Outcome,
} from './call-group.ts';
import type { Delivery, Group } from './delivery.ts';
import type { Lane } from './lane.ts';
import { createLanes, type Lanes, type SuspectMemory } from './lanes.ts';
import type { OrderGuard } from './order/order-guard.ts';
import type { Pacer } from './pacer.ts';
import { firstPartSize } from './split.ts';
import { inTurns } from './turns.ts';
import type { Verdict } from './verdict.ts';

/** Groups on their way at a time: enough to hold the rate when calls are slow. The pacer holds them to it. */
const MAX_GROUPS_IN_FLIGHT = 10;

/** What one batch's delivery goes on with. */
interface Run {
  readonly call: CallGroup;
  readonly pacer: Pacer;
  readonly lanes: Lanes;
  readonly statistics: DeliveryStatistics;
  readonly onDefect: OnDefect;
  readonly guard: OrderGuard | undefined;
}

/** Is told of what threw while a group was settled, though nothing should; says why its users are to be tried again. */
export type OnDefect = (thrown: unknown, group: Group) => Reason;

/** A run, and the lane of the group at hand with the turn that the group had in it. */
interface LaneRun extends Run {
  readonly lane: Lane;
  readonly turn: number;
}

/**
 * Delivers the newest record of each user; see above. When it returns, each of them and each older record behind it
 * has its verdict. Never throws.
 *
 * @param newest - one record a user, oldest first
 * @param memory - what the environment has learnt of suspects; it learns more
 * @param onDefect - @default what was thrown is thrown
 * @param guard - sees to it that none of them undoes a newer one of another batch. @default they may
 */
export async function deliver(
  newest: readonly Delivery[],
  options: CallOptions,
  memory: SuspectMemory = new Map(),
  onDefect: OnDefect = throwAgain,
  guard?: OrderGuard,
): Promise<DeliveryStatistics> {
  const statistics: DeliveryStatistics = { calls: 0, throttledCalls: 0, usersCalled: 0 };
  await callAll({
    call: createCallGroup(guard ? { ...options, onUnanswered: guard.unanswered } : options, statistics),
    pacer: options.pacer,
    lanes: createLanes(guard ? [] : inTurns(newest), memory),
    statistics,
    onDefect,
    guard,
  });
  await guard?.end();
  return statistics;
}

async function callAll(run: Run): Promise<void> {
  const { lanes, guard, pacer } = run;
  const inFlight = new Map<Promise<void>, Lane>();
  while (lanes.left() > 0 || inFlight.size > 0 || guard?.isOpen()) {
    guard?.fill(lanes);
    const leasing = guard?.leasing();
    const isFree = inFlight.size < MAX_GROUPS_IN_FLIGHT && !pacer.untilFree();
    const lane = isFree ? chooseLane(lanes, inFlight, leasing) : undefined;
    if (lane) {
      const { group, turn } = lane.take();
      const settled = settle(group, { ...run, lane, turn })
        .catch((thrown) => giveUp(group, run.onDefect(thrown, group)))
        .finally(() => inFlight.delete(settled));
      inFlight.set(settled, lane);
    } else if (inFlight.size > 0 || leasing) {
      const others = [leasing, pacer.untilFree()].filter((other) => other !== undefined);
      await Promise.race([...inFlight.keys(), ...others]);
    }
  }
}

/** While leases are being taken, more may come to fill a group. */
function chooseLane(
  lanes: Lanes,
  inFlight: ReadonlyMap<Promise<void>, Lane>,
  leasing: Promise<void> | undefined,
): Lane | undefined {
  return leasing ? lanes.withWholeGroup() : nextLane(lanes, new Set(inFlight.values()));
}

/** A group in flight may yet bring back some of its lane, so what fills no whole group waits for it. */
function nextLane(lanes: Lanes, inFlight: ReadonlySet<Lane>): Lane | undefined {
  return lanes.withWholeGroup() ?? lanes.nextBut(inFlight);
}

async function settle(group: Group, run: LaneRun): Promise<void> {
  const outcome = await run.call(group, run.turn);
  if (hasCulprit(outcome) && group.length > 1) await split(group, run);
  else conclude(group, outcome, run);
}

/** Of a group whose settling threw, who has no verdict yet is tried again, and so is what is behind. */
function giveUp(group: Group, reason: Reason): void {
  const verdict: Verdict = { kind: 'transient', reason };
  for (const delivery of group) {
    for (let next: Delivery | undefined = delivery; next; next = next.older) next.verdict ??= verdict;
  }
}

function throwAgain(thrown: unknown): never {
  throw thrown;
}

/** Settles a group that is known to hold a culprit; see {@link firstPartSize}. */
async function split(group: Group, run: LaneRun): Promise<void> {
  const middle = firstPartSize(group.length);
  const first = group.slice(0, middle);
  const second = group.slice(middle);

  const outcome = await run.call(first, run.turn);
  if (outcome.kind === 'delivered' && second.length > 1) {
    conclude(first, outcome, run);
    await split(second, run);
    return;
  }
  if (hasCulprit(outcome) && first.length > 1) await split(first, run);
  else conclude(first, outcome, run);
  // With the culprit in the first part, the second is no more suspect than anybody who waits: it goes into the next group
  // instead of having a call to itself.
  if (outcome.kind === 'rejected' && !run.lane.wasPutBack(second)) run.lane.putBack(second, run.turn);
  else await settle(second, run);
}

function conclude(group: Group, outcome: Outcome, { lane, lanes, statistics, guard }: LaneRun): void {
  const learnt = outcome.kind === 'delivered' ? 'delivered' : hasCulprit(outcome) ? 'rejected' : undefined;
  if (learnt) {
    lane.learn(learnt, group.length);
    countSuspects(group, learnt, statistics);
  }
  const ended: Delivery[] = [];
  for (const delivery of group) {
    delivery.verdict = verdictFor(delivery, outcome);
    const { older } = delivery;
    if (outcome.kind === 'rejected' && older && (guard?.mayFollow(older) ?? true)) {
      lanes.add(older);
      continue;
    }
    if (outcome.kind !== 'rejected' && older) giveToOlder(older, outcome.kind === 'delivered' ? SUPERSEDED : outcome);
    ended.push(delivery);
  }
  guard?.finish(ended);
}

/** A suspect that was refused for itself hears of what was suspicious, too. */
function verdictFor({ misfits }: Delivery, outcome: Outcome): Verdict {
  if (outcome.kind !== 'rejected') return outcome;
  const { reason } = outcome;
  if (!misfits || !hasCulprit(outcome)) return { kind: 'rejected', reason };
  const suspicion = misfits.map((misfit) => describeMisfit(misfit)).join('; ');
  return {
    kind: 'rejected',
    reason: { ...reason, message: `${reason.message} (by the dataset's schema: ${suspicion})` },
  };
}

function countSuspects(group: Group, became: 'delivered' | 'rejected', statistics: DeliveryStatistics): void {
  for (const { misfits = [] } of group) {
    for (const { kind } of misfits) {
      const suspects = statistics.suspects ?? {};
      const count = suspects[kind] ?? { delivered: 0, rejected: 0 };
      count[became]++;
      suspects[kind] = count;
      statistics.suspects = suspects;
    }
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
