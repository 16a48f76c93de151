import type { UserRecord } from '../../contract/message/schema.ts';
import type { CallOptions, DeliveryStatistics } from '../../lambda/core/call-group.ts';
import { deliver } from '../../lambda/core/deliver.ts';
import type { Delivery } from '../../lambda/core/delivery.ts';
import type { SuspectMemory } from '../../lambda/core/lanes.ts';
import { createPacer } from '../../lambda/core/pacer.ts';
import { createVirtualClock } from '../../simulation/planning/virtual-clock.ts';

/** Deliveries of users with these ids, each without an older record. */
export function deliveriesOf(userIds: readonly string[]): Delivery[] {
  return userIds.map((userId) => ({ user: { userId } }));
}

export interface DeliverRun {
  readonly statistics: DeliveryStatistics;
  /** The userIds of each call, in order. */
  readonly calls: readonly (readonly string[])[];
  /** The time of each call, in milliseconds since the start. */
  readonly times: readonly number[];
  /** When all was done, in milliseconds since the start. */
  readonly endedAt: number;
}

/** Runs `deliver` on a virtual clock against a PutUsers that throws what `answer` returns. */
export async function runDeliver(
  newest: readonly Delivery[],
  answer: (users: readonly UserRecord[], call: number) => unknown = () => undefined,
  options: Partial<CallOptions> & { callsPerSecond?: number; latency?: number } = {},
  memory?: SuspectMemory,
): Promise<DeliverRun> {
  const clock = createVirtualClock();
  const calls: string[][] = [];
  const times: number[] = [];
  const statistics = await deliver(
    newest,
    {
      clock,
      pacer: createPacer({ callsPerSecond: options.callsPerSecond ?? 5 }, clock),
      random: () => 0.5,
      deadline: Number.POSITIVE_INFINITY,
      putUsers: async (users) => {
        calls.push(users.map(({ userId }) => userId));
        times.push(clock.now());
        const number = calls.length;
        await clock.sleep(options.latency ?? 60);
        const error = answer(users, number);
        if (error) throw error;
      },
      ...options,
    },
    memory,
  );
  return { statistics, calls, times, endedAt: clock.now() };
}

/** A PutUsers that refuses every call with one of these users. */
export function refusing(bad: ReadonlySet<string>, error: () => Error) {
  return (users: readonly UserRecord[]) => (users.some(({ userId }) => bad.has(userId)) ? error() : undefined);
}
