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
import { type Source, totalOf } from './sources.ts';
import type { BadKind, HotUsers } from './users.ts';

export interface Scenario {
  readonly function: SimulatedFunction;
  readonly sources: readonly Source[];
  /** Of all sources together. */
  readonly arrivals: Pick<Arrivals, 'backlog' | 'until'>;
  /** Users that producers pack into a message. */
  readonly usersPerMessage: number;
  /** The share of users that the API refuses, from 0 to 1. */
  readonly badUsers: number;
  readonly badKind: BadKind;
  /** @default each record is about a user of its own */
  readonly hotUsers?: HotUsers;
  readonly faults: Faults;
  /** When every call is throttled. @default never */
  readonly outage?: Outage;
  readonly quota: Rate;
  readonly latencyInMilliseconds: Latency;
  /** Calls a second that somebody else makes. */
  readonly otherCallsPerSecond: number;
  readonly sizing: Sizing;
  /**
   * Pollers of the event source mapping. Those that find no free environment wait with the batch that they have gathered.
   * Lambda does not say how many there are; with a maximum concurrency, five stay while it idles. Source: Lambda developer
   * guide, SQS event source mappings.
   */
  readonly pollers: number;
  /**
   * Whether a batch that is not full always waits for 20 s where there is a batching window: "Lambda might wait for up to
   * 20 seconds" with little traffic, "even if you set a batch window lower than 20 seconds". Source: Lambda developer guide,
   * SQS event source mappings.
   */
  readonly windowsTakeLongest: boolean;
  readonly memoryInMiB: number;
  readonly coldStartMilliseconds: number;
  readonly invokeMilliseconds: number;
  /** Whether the time that an environment can measure stands still between its invocations. Lambda does not say. */
  readonly clocksFreeze: boolean;
  /** What a request to SQS takes, in milliseconds. */
  readonly sqsMilliseconds: number;
  /** Whether the deployment has `orderGuard`. */
  readonly orderGuard: boolean;
  /** What a write to the table of versions takes, in milliseconds. */
  readonly tableMilliseconds: number;
  /** How often a sample is taken. @default so often that there are some 300 */
  readonly sampleEverySeconds?: number;
  /** Of all that is left to chance: the same seed gives the same run. */
  readonly seed: number;
}

/** What of a scenario can be given. */
export interface ScenarioOptions extends Partial<Omit<Scenario, 'sizing' | 'faults' | 'arrivals'>> {
  /** The demand of one source without a message group, instead of `sources`. */
  readonly arrivals?: Arrivals;
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
  const { arrivals = backlogOf(100_000), sources = [{ name: 'users', arrivals, isGrouped: false }] } = options;
  const sizes = sizing({ usersPerMessage, orderGuard: options.orderGuard ?? false, ...options.sizing });
  return {
    function: pipeline,
    pollers: sizes.maxConcurrency,
    windowsTakeLongest: false,
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
    orderGuard: false,
    tableMilliseconds: 8,
    seed: 1,
    ...options,
    usersPerMessage,
    sources,
    arrivals: totalOf(sources),
    faults: readFaults(options.faults ?? {}),
    sizing: sizes,
  };
}
