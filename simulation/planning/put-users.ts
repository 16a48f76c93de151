/** A model of PutUsers: its quota, its latency, its faults, and who else uses the same quota. */
import type { UserRecord } from '../../contract/message/schema.ts';
import type { PutUsers } from '../../lambda/core/ports.ts';
import { drawFault, drawSlowness, type Faults } from '../../local/put-users/faults.ts';
import { drawLatency, type Latency } from '../../local/put-users/latency.ts';
import { type Rate, tokenBucket } from '../../local/put-users/token-bucket.ts';
import type { Random } from '../../local/random.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** What became of a call. */
export type CallOutcome = 'delivered' | 'rejected' | 'throttled' | 'failed';

/** A stretch of time, in seconds since the start. */
export interface Outage {
  readonly from: number;
  readonly until: number;
}

export interface PutUsersModelOptions {
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Of the dataset group, all its writers together. */
  readonly quota: Rate;
  readonly latencyInMilliseconds: Latency;
  readonly faults: Faults;
  /** When every call is throttled, whoever makes it. */
  readonly outage?: Outage | undefined;
  /** Which users the API refuses. */
  readonly isBad: (userId: string) => boolean;
  /** Is told of each call when it has been decided about. */
  readonly onCall: (users: readonly UserRecord[], outcome: CallOutcome) => void;
}

export interface PutUsersModel {
  readonly putUsers: PutUsers;
  /** Spends the quota as another writer does; false when there is nothing left. */
  callByAnother(): boolean;
  /** Calls of others that were let through. */
  callsOfOthers(): number;
}

export function createPutUsersModel(options: PutUsersModelOptions): PutUsersModel {
  const { clock, random, faults, isBad, onCall } = options;
  const bucket = tokenBucket(options.quota, clock.now);
  let callsOfOthers = 0;
  const isOut = () => {
    const { from = 0, until = 0 } = options.outage ?? {};
    return clock.now() >= from * 1000 && clock.now() < until * 1000;
  };

  const decide = (users: readonly UserRecord[]): { outcome: CallOutcome; error?: Error } => {
    const fault = drawFault(faults, random);
    if (fault.kind === 'throttling' || isOut() || !bucket.tryTake()) {
      return { outcome: 'throttled', error: serviceError('ThrottlingException', 400) };
    }
    if (fault.kind === 'conflict') return { outcome: 'failed', error: serviceError('ResourceInUseException', 409) };
    if (fault.kind === 'serverError') return { outcome: 'failed', error: serviceError('ServiceUnavailable', 503) };
    if (fault.kind === 'dropped') return { outcome: 'failed', error: serviceError('ECONNRESET', undefined) };
    if (users.some(({ userId }) => isBad(userId))) {
      return { outcome: 'rejected', error: serviceError('InvalidInputException', 400) };
    }
    return { outcome: 'delivered' };
  };

  return {
    callByAnother: () => {
      const isLetThrough = !isOut() && bucket.tryTake();
      if (isLetThrough) callsOfOthers++;
      return isLetThrough;
    },
    callsOfOthers: () => callsOfOthers,
    putUsers: async (users, { timeoutInMilliseconds }) => {
      const latency = drawLatency(options.latencyInMilliseconds, random) + drawSlowness(faults, random);
      await clock.sleep(Math.min(latency, timeoutInMilliseconds) / 2);
      const { outcome, error } = decide(users);
      const isLate = latency > timeoutInMilliseconds;
      onCall(users, isLate ? 'failed' : outcome);
      await clock.sleep(Math.min(latency, timeoutInMilliseconds) / 2);
      if (isLate) throw serviceError('TimeoutError', undefined);
      if (error) throw error;
    },
  };
}

/** An error as the SDK throws it. */
function serviceError(name: string, httpStatusCode: number | undefined): Error {
  return Object.assign(new Error(name), { name, $metadata: { httpStatusCode } });
}

/** Attempts of another writer at one call, as the SDK makes them unless told otherwise. */
const ATTEMPTS_OF_OTHERS = 3;

/**
 * Another writer who uses the same quota: calls at random moments, each tried again when it is throttled.
 *
 * @param isOver - asked before each call
 */
export async function runOtherWriter(
  callsPerSecond: number,
  { callByAnother }: Pick<PutUsersModel, 'callByAnother'>,
  { clock, random, isOver }: { clock: VirtualClock; random: Random; isOver: () => boolean },
): Promise<void> {
  const call = async () => {
    for (let attempt = 1; attempt <= ATTEMPTS_OF_OTHERS && !callByAnother(); attempt++) {
      await clock.sleep(500 * 2 ** (attempt - 1) * random());
    }
  };
  while (!isOver()) {
    await clock.sleep((-Math.log(1 - random()) / callsPerSecond) * 1000);
    void call();
  }
}
