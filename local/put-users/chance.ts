import { seededRandom } from '../random.ts';
import { drawFault, drawSlowness, type Fault, type FaultSettings, readFaults } from './faults.ts';
import { checkLatency, drawLatency, type Latency } from './latency.ts';

/** What chance has in store for one call. */
export interface Lot {
  readonly fault: Fault;
  /** From when the call is settled to when the reply is sent. */
  readonly delayInMilliseconds: number;
}

/** Deals a lot to each call, from one random sequence. */
export interface Chance {
  draw(): Lot;
  /** Replaces the faults. Throws a RangeError for settings that cannot be. Returns them with their defaults. */
  setFaults(settings: unknown): FaultSettings;
}

const DEFAULT_SEED = 1;

/**
 * Chance, with a sequence that is the same in every run. The nth call has the nth lot, whatever came of those before it.
 *
 * @throws RangeError for settings that cannot be
 */
export function seededChance(settings: Partial<FaultSettings>, latency: Latency): Chance {
  checkLatency(latency);
  let faults = readFaults(settings);
  let random = seededRandom(faults.seed ?? DEFAULT_SEED);

  return {
    draw: () => ({
      fault: drawFault(faults, random),
      delayInMilliseconds: drawSlowness(faults, random) + drawLatency(latency, random),
    }),
    setFaults(replacement) {
      faults = readFaults(replacement);
      if (faults.seed !== undefined) random = seededRandom(faults.seed);
      return faults;
    },
  };
}
