/** Threads that run seeds, as many at a time as there are processors. */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { type Limits, NO_LIMITS } from './faults.ts';
import type { Edit } from './planted/plant.ts';
import type { Outcome, Task, WorkerData } from './worker.ts';

export interface Crew {
  run(seed: number, options?: { readonly limits?: Limits; readonly isTraced?: boolean }): Promise<Outcome>;
  /** Runs seeds from `from` on, until one is enough or `isOver` says so; of these only those that are `wanted`. @default all */
  runAll(
    from: number,
    onOutcome: (outcome: Outcome) => void,
    isOver: (seed: number) => boolean,
    wanted?: (seed: number) => boolean,
  ): Promise<void>;
  dismiss(): Promise<void>;
}

export const THREADS = availableParallelism();

export function createCrew({
  threads = THREADS,
  edits = [],
}: {
  threads?: number;
  edits?: readonly Edit[];
} = {}): Crew {
  const workerData: WorkerData = { edits };
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('./worker.ts', import.meta.url), { workerData }),
  );
  const idle = [...workers];
  const waiting: ((worker: Worker) => void)[] = [];

  const hire = (): Promise<Worker> => {
    const worker = idle.pop();
    return worker ? Promise.resolve(worker) : new Promise((resolve) => waiting.push(resolve));
  };
  const release = (worker: Worker) => {
    const next = waiting.shift();
    if (next) next(worker);
    else idle.push(worker);
  };

  const run: Crew['run'] = async (seed, { limits = NO_LIMITS, isTraced = false } = {}) => {
    const worker = await hire();
    try {
      return await new Promise<Outcome>((resolve, reject) => {
        const end = () => {
          worker.off('message', onMessage);
          worker.off('error', onError);
        };
        const onMessage = (outcome: Outcome) => {
          end();
          resolve(outcome);
        };
        const onError = (error: Error) => {
          end();
          reject(new Error(`Seed ${seed} has broken the simulator: ${error.message}`, { cause: error }));
        };
        worker.on('message', onMessage);
        worker.on('error', onError);
        const task: Task = { seed, limits, isTraced };
        worker.postMessage(task);
      });
    } finally {
      release(worker);
    }
  };

  return {
    run,
    async runAll(from, onOutcome, isOver, wanted = () => true) {
      let next = from;
      const runSome = async () => {
        for (;;) {
          while (!isOver(next) && !wanted(next)) next++;
          if (isOver(next)) return;
          onOutcome(await run(next++));
        }
      };
      await Promise.all(workers.map(runSome));
    },
    dismiss: async () => void (await Promise.all(workers.map((worker) => worker.terminate()))),
  };
}
