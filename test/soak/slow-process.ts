/** Processes of the function that become slow while they work: starved of CPU, or stopped for a while. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../../local/random.ts';
import type { World } from '../../local/world.ts';

/** What a slow process came to: the function's time-out killed it, be it after its answer, or it got through. */
export type SlowEnd = 'killed' | 'survived';

/** How long a starved process runs between two pauses, in milliseconds: enough to act on what has arrived meanwhile. */
const SLICE = 3;
/** The pauses of a starved process, in milliseconds. The longest leave it a handful of slices until its time-out. */
const PAUSES = { shortest: 400, longest: 1_200 } as const;
/** How long a process is starved, in milliseconds, if it lives as long: longer than an invocation may take. */
const STARVED_FOR = 6_000;
/** The one pause of a stalled process, in milliseconds. The longest ends just before the time-out, or just after it. */
const STALL = { shortest: 2_000, longest: 4_200 } as const;

/** Gives a process next to no CPU: it runs for a moment, pauses for long, and so on, until it is killed or time is over. */
export async function starve(world: World, pid: number, random: Random, end: AbortSignal): Promise<SlowEnd> {
  const pause = between(PAUSES, random);
  const over = Date.now() + STARVED_FOR;
  while (Date.now() < over && !end.aborted && isThere(world, pid)) {
    await stopFor(world, pid, pause, end);
    await sleep(SLICE);
  }
  return endOf(world, pid);
}

/** Stops a process for a while, so that it wakes with most of its time gone, or all of it. */
export async function stall(world: World, pid: number, random: Random, end: AbortSignal): Promise<SlowEnd> {
  await stopFor(world, pid, between(STALL, random), end);
  // Woken, it works on: until it asks for its next batch or is killed.
  while (!end.aborted && world.environments().some((each) => each.pid === pid && each.isBusy)) await sleep(20);
  return endOf(world, pid);
}

/** Sends a signal to a process of the function; false if it is gone. */
export function signal(world: World, pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): boolean {
  try {
    return isThere(world, pid) && process.kill(pid, name);
  } catch {
    return false;
  }
}

async function stopFor(world: World, pid: number, milliseconds: number, end: AbortSignal): Promise<void> {
  signal(world, pid, 'SIGSTOP');
  await sleep(milliseconds, undefined, { signal: end }).catch(() => undefined);
  signal(world, pid, 'SIGCONT');
}

function isThere(world: World, pid: number): boolean {
  return world.environments().some((each) => each.pid === pid);
}

/** Nothing else kills a process that is slow. */
function endOf(world: World, pid: number): SlowEnd {
  return isThere(world, pid) ? 'survived' : 'killed';
}

function between({ shortest, longest }: typeof PAUSES | typeof STALL, random: Random): number {
  return shortest + random() * (longest - shortest);
}
