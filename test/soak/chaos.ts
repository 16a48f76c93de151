/** What goes wrong in a soak, besides the faults that PutUsers and SQS are told to commit. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../local/random.ts';
import type { World } from '../../local/world.ts';

export interface ChaosOptions {
  /** Processes to kill. */
  readonly kills: number;
  /** The faults of PutUsers between outages. */
  readonly faults: Parameters<World['putUsers']['setFaults']>[0];
}

/** What has been done to the world. */
export interface Havoc {
  kills: number;
  /** Processes stopped in their tracks, so that the function's time-out kills them. */
  freezes: number;
  /** Times that PutUsers was down, in which each call failed. */
  outages: number;
}

/** How long there is peace between two kills, at most, in milliseconds. */
const LONGEST_PEACE = 1_200;
const OUTAGE = 4_000;
/** Every so many kills, a process is frozen as well, and PutUsers goes down. */
const KILLS_A_FREEZE = 8;
const KILLS_AN_OUTAGE = 20;

/** Wreaks havoc until it was told to end or has killed as many processes as it was to. */
export async function wreakHavoc(
  world: World,
  { kills, faults }: ChaosOptions,
  random: Random,
  end: AbortSignal,
): Promise<Havoc> {
  const havoc: Havoc = { kills: 0, freezes: 0, outages: 0 };
  while (!end.aborted && havoc.kills < kills) {
    await sleep(random() * LONGEST_PEACE, undefined, { signal: end }).catch(() => undefined);
    if (!signal(world, 'SIGKILL', random)) continue;
    havoc.kills++;
    if (havoc.kills % KILLS_A_FREEZE === 0 && signal(world, 'SIGSTOP', random)) havoc.freezes++;
    if (havoc.kills % KILLS_AN_OUTAGE === 0) {
      havoc.outages++;
      world.putUsers.setFaults({ serverError: 1 });
      await sleep(OUTAGE, undefined, { signal: end }).catch(() => undefined);
      world.putUsers.setFaults(faults);
    }
  }
  return havoc;
}

/** Sends a signal to one of the processes that are at work; false if none is. */
function signal(world: World, name: 'SIGKILL' | 'SIGSTOP', random: Random): boolean {
  const busy = world.environments().filter(({ isBusy }) => isBusy);
  const victim = busy[Math.floor(random() * busy.length)];
  if (!victim) return false;
  try {
    return process.kill(victim.pid, name);
  } catch {
    return false;
  }
}
