/** What goes wrong in a soak, besides the faults that PutUsers and SQS are told to commit. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../local/random.ts';
import type { World } from '../../local/world.ts';
import { type SlowEnd, signal, stall, starve } from './slow-process.ts';

export interface ChaosOptions {
  /** Processes to kill. */
  readonly kills: number;
  /** The faults of PutUsers between outages. */
  readonly faults: Parameters<World['putUsers']['setFaults']>[0];
  /** How many invocations have timed out up to now. */
  timeouts(): number;
}

/** What has been done to the world. */
export interface Havoc {
  kills: number;
  /** Processes stopped for good, so that the function's time-out kills them. */
  freezes: number;
  /** Processes starved of CPU, by what they came to. */
  readonly starved: Record<SlowEnd, number>;
  /** Processes stopped for a while, by what they came to. */
  readonly stalled: Record<SlowEnd, number>;
  /** Times that PutUsers was down, in which each call failed. */
  outages: number;
}

/** How long there is peace between two kills, at most, in milliseconds. */
const LONGEST_PEACE = 1_200;
const OUTAGE = 4_000;
/** Every so many kills, a process is starved or stalled in turn, one is frozen for good, and PutUsers goes down. */
const KILLS_A_SLOWDOWN = 2;
const KILLS_A_FREEZE = 8;
const KILLS_AN_OUTAGE = 20;

/**
 * Wreaks havoc until it was told to end, or has killed as many processes as it was to and seen an invocation time out
 * whose process was running.
 */
export async function wreakHavoc(
  world: World,
  { kills, faults, timeouts }: ChaosOptions,
  random: Random,
  end: AbortSignal,
): Promise<Havoc> {
  const havoc: Havoc = { kills: 0, freezes: 0, starved: noneYet(), stalled: noneYet(), outages: 0 };
  /** Killed, frozen or slow already. What becomes of a slow one is its own doing. */
  const struck = new Set<number>();
  const slowdowns: Promise<void>[] = [];

  /** One of the processes that are at work, if there is one. */
  const pickVictim = (): number | undefined => {
    const busy = world.environments().filter(({ pid, isBusy }) => isBusy && !struck.has(pid));
    const victim = busy[Math.floor(random() * busy.length)]?.pid;
    if (victim !== undefined) struck.add(victim);
    return victim;
  };
  const slowDown = async (how: typeof starve | typeof stall, ends: Record<SlowEnd, number>): Promise<void> => {
    const pid = pickVictim();
    if (pid === undefined) return;
    ends[await how(world, pid, random, end)]++;
    struck.delete(pid);
  };

  while (!end.aborted && havoc.kills < kills) {
    await sleep(random() * LONGEST_PEACE, undefined, { signal: end }).catch(() => undefined);
    const victim = pickVictim();
    if (victim === undefined || !signal(world, victim, 'SIGKILL')) continue;
    havoc.kills++;
    if (havoc.kills % KILLS_A_SLOWDOWN === 0) {
      const isStarved = havoc.kills % (2 * KILLS_A_SLOWDOWN) === 0;
      slowdowns.push(isStarved ? slowDown(starve, havoc.starved) : slowDown(stall, havoc.stalled));
    }
    if (havoc.kills % KILLS_A_FREEZE === 0) {
      const frozen = pickVictim();
      if (frozen !== undefined && signal(world, frozen, 'SIGSTOP')) havoc.freezes++;
    }
    if (havoc.kills % KILLS_AN_OUTAGE === 0) {
      havoc.outages++;
      world.putUsers.setFaults({ serverError: 1 });
      await sleep(OUTAGE, undefined, { signal: end }).catch(() => undefined);
      world.putUsers.setFaults(faults);
    }
  }
  await Promise.all(slowdowns);
  // Chance may have let all of them answer in time.
  while (!end.aborted && timeouts() <= havoc.freezes) {
    await sleep(random() * LONGEST_PEACE, undefined, { signal: end }).catch(() => undefined);
    await slowDown(starve, havoc.starved);
  }
  return havoc;
}

function noneYet(): Record<SlowEnd, number> {
  return { killed: 0, survived: 0 };
}
