/** How the pipeline is doing, as numbers, and what follows from them. */
import { USERS_PER_CALL } from '../../contract/dataset/put-users-limits.ts';
import type { TargetSettings } from '../../contract/deployment/settings-output.ts';
import type { QueueDepth } from '../aws/queue-depth.ts';
import type { Target } from '../target.ts';
import type { DeadLetterCounts } from './dead-letter-counts.ts';
import type { PipelineMetrics } from './metrics.ts';

export interface Status {
  /** The stack's name. */
  readonly name: string;
  readonly region: string;
  /** When this was so, as ISO 8601. */
  readonly at: string;
  readonly queue: {
    /** Messages that wait to be received. */
    readonly waiting: number;
    /** Messages that the function works on, or that wait to be tried again. */
    readonly inFlight: number;
    readonly delayed: number;
    /** Null when nobody knows. */
    readonly oldestAgeInSeconds: number | null;
    /** Of the sources without a backlog; null when nobody knows. */
    readonly quietAgeInSeconds: number | null;
    /** Sources that have a backlog; null when nobody knows. */
    readonly noisySources: number | null;
  };
  /** Users a second, of late; null when nobody knows. */
  readonly deliveredPerSecond: number | null;
  /** Users a second that the quota allows. */
  readonly quotaPerSecond: number;
  /** How long it takes at the quota until the queue is empty, if messages hold as many users as they may. */
  readonly drainInSeconds: number;
  readonly deadLetters: DeadLetterCounts;
}

/** Puts together what was read. */
export function statusOf(
  { name, region, settings }: Pick<Target, 'name' | 'region' | 'settings'>,
  depth: QueueDepth,
  { oldestAgeInSeconds, quietAgeInSeconds, noisySources, deliveredPerSecond }: PipelineMetrics,
  deadLetters: DeadLetterCounts,
  now: number,
): Status {
  const messages = depth.visible + depth.inFlight + depth.delayed;
  return {
    name,
    region,
    at: new Date(now).toISOString(),
    queue: {
      waiting: depth.visible,
      inFlight: depth.inFlight,
      delayed: depth.delayed,
      oldestAgeInSeconds: messages === 0 ? 0 : (oldestAgeInSeconds ?? null),
      quietAgeInSeconds: messages === 0 ? 0 : (quietAgeInSeconds ?? null),
      noisySources: messages === 0 ? 0 : (noisySources ?? null),
    },
    deliveredPerSecond: deliveredPerSecond ?? null,
    quotaPerSecond: quotaPerSecond(settings),
    drainInSeconds: (messages * settings.usersPerMessage) / quotaPerSecond(settings),
    deadLetters,
  };
}

function quotaPerSecond({ requestsPerSecond }: TargetSettings): number {
  return requestsPerSecond * USERS_PER_CALL;
}
