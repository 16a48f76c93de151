/** A thread in which worlds run, one after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Limits } from './faults.ts';
import type { Entry } from './journal.ts';
import type { Violation } from './ledger.ts';
import { DEFECT_EDITS } from './planted/defect.ts';
import { type Edit, plant } from './planted/plant.ts';

export interface WorkerData {
  readonly edits: readonly Edit[];
}

export interface Task {
  readonly seed: number;
  readonly limits: Limits;
  /** Whether the journal is wanted, too. */
  readonly isTraced: boolean;
}

/** What a run came to, for another thread. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly faults: number;
  readonly kinds: readonly string[];
  readonly seconds: number;
  readonly isFifo: boolean;
  readonly fingerprint: string;
  readonly entries: readonly Entry[];
}

plant([...DEFECT_EDITS, ...(workerData as WorkerData).edits]);
const { loadProduct } = await import('./load-product.ts');
const run = await loadProduct();

parentPort!.on('message', async ({ seed, limits, isTraced }: Task) => {
  const { violations, faults, journal, seconds, scenario } = await run(seed, limits);
  const outcome: Outcome = {
    seed,
    violations,
    faults,
    kinds: Object.keys(scenario.rates),
    seconds,
    isFifo: scenario.sizing.fifo,
    fingerprint: isTraced || violations.length > 0 ? journal.fingerprint() : '',
    entries: isTraced ? journal.entries : [],
  };
  parentPort!.postMessage(outcome);
});
