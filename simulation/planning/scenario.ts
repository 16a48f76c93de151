/** What a simulation is run with. */

import { type Sizing, type SizingProps, sizing } from '../../lib/sizing.ts';
import { type Faults, readFaults } from '../../local/put-users/faults.ts';
import type { Latency } from '../../local/put-users/latency.ts';
import { DEFAULT_QUOTA } from '../../local/put-users/quota.ts';
import type { Rate } from '../../local/put-users/token-bucket.ts';
import { type Arrivals, backlogOf } from './arrivals.ts';
import { pipeline } from './pipeline.ts';
import type { Outage } from './put-users.ts';
import type { SimulatedFunction } from './simulated-function.ts';
import type { BadKind } from './users.ts';

export interface Scenario {
  readonly function: SimulatedFunction;
  readonly arrivals: Arrivals;
  /** Users that producers pack into a message. */
  readonly usersPerMessage: number;
  /** The share of users that the API refuses, from 0 to 1. */
  readonly badUsers: number;
  readonly badKind: BadKind;
  readonly faults: Faults;
  /** When every call is throttled. @default never */
  readonly outage?: Outage;
  readonly quota: Rate;
  readonly latencyInMilliseconds: Latency;
  /** Calls a second that somebody else makes. */
  readonly otherCallsPerSecond: number;
  readonly sizing: Sizing;
  readonly memoryInMiB: number;
  readonly coldStartMilliseconds: number;
  readonly invokeMilliseconds: number;
  /** Whether the time that an environment can measure stands still between its invocations. Lambda does not say. */
  readonly clocksFreeze: boolean;
  /** What a request to SQS takes, in milliseconds. */
  readonly sqsMilliseconds: number;
  /** How often a sample is taken. @default so often that there are some 300 */
  readonly sampleEverySeconds?: number;
  /** Of all that is left to chance: the same seed gives the same run. */
  readonly seed: number;
}

/** What of a scenario can be given. */
export interface ScenarioOptions extends Partial<Omit<Scenario, 'sizing' | 'faults'>> {
  readonly sizing?: SizingProps;
  readonly faults?: Partial<Faults>;
}

/**
 * Completes a scenario. Without options, it is a backlog of 100,000 users in messages of one, and the default settings.
 *
 * @throws SettingError for settings that cannot work; RangeError for faults that cannot be
 */
export function scenario(options: ScenarioOptions = {}): Scenario {
  const usersPerMessage = options.usersPerMessage ?? 1;
  return {
    function: pipeline,
    arrivals: backlogOf(100_000),
    badUsers: 0,
    badKind: 'certain',
    quota: DEFAULT_QUOTA,
    latencyInMilliseconds: { mean: 60, jitter: 20 },
    otherCallsPerSecond: 0,
    memoryInMiB: 512,
    coldStartMilliseconds: 500,
    invokeMilliseconds: 10,
    clocksFreeze: false,
    sqsMilliseconds: 10,
    seed: 1,
    ...options,
    usersPerMessage,
    faults: readFaults(options.faults ?? {}),
    sizing: sizing({ usersPerMessage, ...options.sizing }),
  };
}
