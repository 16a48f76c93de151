/** What actors have in common: a machine each, which may be killed at any request, and is then started again. */
import type { Random } from '../../local/random.ts';
import { type Faults, setWrong } from '../faults.ts';
import type { Journal } from '../journal.ts';
import type { Ledger } from '../ledger.ts';
import { AWS, createMachine, type Machine } from '../machine/machine.ts';
import type { Timeline } from '../machine/timeline.ts';

/** What an actor has of the world. */
export interface Stage {
  readonly timeline: Timeline;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly ledger: Ledger;
  readonly random: Random;
  readonly queueUrl: string;
  readonly deadLetterQueueUrl: string;
  readonly fifo: boolean;
  readonly orderGuard: boolean;
}

/**
 * Runs a program on a machine until it ends. When the machine is killed, it is run again on another: where it goes on is
 * what the program has kept outside.
 *
 * @param restartsAfter - in milliseconds
 */
export async function runAgainAndAgain(
  name: string,
  { timeline, journal, faults }: Stage,
  program: (machine: Machine) => Promise<void>,
  restartsAfter = () => 5_000,
): Promise<void> {
  for (let run = 1; ; run++) {
    const machine = createMachine(run === 1 ? name : `${name}, run ${run}`);
    setWrong(machine, faults);
    const end = await Promise.race([
      machine.run(() => program(machine)).then(() => 'ended' as const),
      machine.killed.then(() => 'killed' as const),
    ]);
    if (end === 'ended') return;
    journal.note(name, 'was killed, and is started again');
    await pause(timeline, restartsAfter());
  }
}

/** Waits on the world's time, whatever becomes of any machine. */
export function pause(timeline: Timeline, milliseconds: number): Promise<void> {
  return new Promise((resolve) => timeline.schedule(AWS, milliseconds, resolve));
}

/** What an SDK client is made with, so that it looks for nothing on the real machine. */
export const CLIENT_SETTINGS = {
  region: 'eu-west-1',
  credentials: { accessKeyId: 'simulated', secretAccessKey: 'simulated' },
} as const;
