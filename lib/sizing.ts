/**
 * The sizes that depend on each other, all derived from the quota in this one place: how many messages a batch has,
 * how long the function may take for it, and for how long the queue hides it meanwhile. No CDK here, only arithmetic.
 */

import { RETENTION_IN_SECONDS } from '../aws/sqs/limits.ts';
import { USERS_PER_CALL } from '../contract/dataset/put-users-limits.ts';
import { ORDER_RESERVE_IN_MILLISECONDS, settleReserveInMilliseconds } from '../contract/deployment/time-budget.ts';
import { SettingError } from './setting.ts';
import { checkSettings } from './settings.ts';

/** Messages in a batch from a FIFO queue, or in one without a batching window. Source: Lambda developer guide. */
const SMALL_BATCH = 10;
/** Source: Lambda developer guide, maximum concurrency. */
const LEAST_CONCURRENCY = 2;
/** Messages in any batch. Source: Lambda developer guide. */
const LARGEST_BATCH = 10_000;
/** Source: Lambda quotas. */
const LONGEST_TIMEOUT_IN_SECONDS = 900;
/** From the moment a message is received, however often it is changed. Source: SQS developer guide. */
const LONGEST_INVISIBILITY_IN_SECONDS = 43_200;
/** What the Lambda developer guide asks of a queue's visibility timeout, in timeouts of the function. */
const TIMEOUTS_OF_INVISIBILITY = 6;
/**
 * How long a batch of the default size takes, of what live users may wait beside a bulk load: one that has just missed a batch
 * waits for that one, and is called first in the next. Simulated, 99% wait for about one batch time; for two and a half where
 * five pollers hold batches for two environments, or 1% of the users are refused (docs/performance.md).
 */
const BATCH_TIME_OF_LIVE_LATENCY = 1 / 3;
/** What an environment is given of the quota by default, in calls a second. */
const USUAL_CALLS_PER_ENVIRONMENT = 10;
/**
 * The same where a batch is one call, as with `fifo`, so that none is made while the next batch is received. Simulated, such an
 * environment holds 10 calls a second if calls take 60 ms, and 6 if they take 130.
 */
const USUAL_CALLS_OF_SMALL_BATCHES = 5;
/**
 * What an environment can make of calls in a second: with ten in flight, calls may take 400 ms, where some tens are usual.
 * Simulated, it holds 25 a second, and with 50 the share of the quota falls to 96%.
 */
const MOST_CALLS_PER_ENVIRONMENT = 25;

/** What the sizes are derived from, and the sizes themselves for whoever knows better. */
export interface SizingProps {
  /**
   * PutUsers calls in a second, of all environments together: 1 to 1,000. The dataset group's quota, less what others
   * send to the same dataset group. Source: Amazon Personalize quotas.
   * @default 10
   */
  readonly requestsPerSecond?: number;
  /**
   * Function environments that work at the same time, at most: 2 to 1,000. They share the quota evenly, so one that
   * idles wastes its part: more of them only help when calls are slow. One makes at most 25 calls a second. Source: Lambda
   * developer guide, for the limits.
   * @default - one for every 10 calls of `requestsPerSecond`, or for every 5 with `fifo` or `promptWhenIdle`, and at least 2
   */
  readonly maxConcurrency?: number;
  /**
   * The most users that producers pack into one message: 1 to 10,000. It changes no more than the sizes.
   * @default 1
   */
  readonly usersPerMessage?: number;
  /**
   * Whether the queue keeps the order of messages within a message group.
   * @default false
   */
  readonly fifo?: boolean;
  /**
   * How long live users may wait while a bulk load is in the queue, in seconds: 1 to 300. It decides the batch size. It holds
   * if the load has a source of its own (docs/producers.md). Longer means fewer invocations, which cost a little less.
   * @default 3
   */
  readonly liveLatencyInSeconds?: number;
  /**
   * Whether a lone user is delivered at once when there is little traffic. With a batching window "Lambda might wait for up to
   * 20 seconds" then; without one it does not, and a batch has ten messages at most. It takes more of the quota and of the
   * function's time for the same users (docs/performance.md). Source: Lambda developer guide, SQS event source mappings.
   * @default false
   */
  readonly promptWhenIdle?: boolean;
  /**
   * Messages in a batch, at most: 1 to 10,000, or to 10 with `fifo`. Source: Lambda developer guide.
   * @default - what an environment's part of the quota settles in a third of `liveLatencyInSeconds`, but enough to fill
   * one call; 50 if all else is default
   */
  readonly batchSize?: number;
  /**
   * How long a batch may wait to become full, in seconds: 0 to 300; at least 1 when `batchSize` is above 10, and 0 with
   * `fifo`. Source: Lambda developer guide.
   * @default 1, or 0 with `fifo` or `promptWhenIdle`
   */
  readonly batchingWindowInSeconds?: number;
  /**
   * How long the function may take for a batch, in seconds: 1 to 900, and more than the batch takes within the quota.
   * @default - thrice what the batch takes, since others may use the quota too, and 10 s (or, if that is longer, what it takes to settle); 13 if all else is default
   */
  readonly timeoutInSeconds?: number;
  /**
   * How long the queue hides a message that was received, in seconds: up to 43,200, and at least 6 timeouts of the
   * function and the batching window. Source: Lambda developer guide.
   * @default - the least it may be; 79 if all else is default
   */
  readonly visibilityTimeoutInSeconds?: number;
  /**
   * How often a message is received before it goes to the dead-letter queue: 1 to 1,000.
   * @default 10
   */
  readonly maxReceiveCount?: number;
  /**
   * The longest wait after a message's first receive, in seconds: 1 to 43,200. It doubles with every receive.
   * @default 2
   */
  readonly backoffBaseInSeconds?: number;
  /**
   * The longest wait of all, in seconds: 1 to 43,200, and no less than `backoffBaseInSeconds`.
   * @default 900, or `backoffBaseInSeconds` if that is longer
   */
  readonly backoffMaxInSeconds?: number;
}

/** The sizes of a deployment, each decided. */
export type Sizing = Required<SizingProps>;

/** A deployment, as far as sizes follow from it. */
export interface SizedProps extends SizingProps {
  /** Whether leases are taken and ended, which takes time of its own. @default false */
  readonly orderGuard?: boolean;
}

/** The sizes, and what an invocation keeps back. */
interface Sizes extends Sizing {
  readonly orderGuard: boolean;
}

/** What decides how long a batch takes. */
type Load = Pick<Sizing, 'requestsPerSecond' | 'maxConcurrency' | 'usersPerMessage'>;

/**
 * Decides every size that is not given.
 *
 * @throws SettingError for a size out of its limits, or sizes that cannot work together
 */
export function sizing(props: SizedProps): Sizing {
  checkSettings(props);
  const { orderGuard = false } = props;
  const sizes = derive(props, orderGuard);
  for (const refuse of REFUSALS) refuse({ ...sizes, orderGuard });
  return sizes;
}

/** How long a full batch takes when its users fill their calls and no call fails, in seconds. */
export function batchTimeInSeconds(load: Load, batchSize: number): number {
  const calls = Math.ceil((batchSize * load.usersPerMessage) / USERS_PER_CALL);
  return (calls * load.maxConcurrency) / load.requestsPerSecond;
}

/** What the function needs at least for a batch, in seconds: the time of its calls and of settling what came of them. */
function neededTimeInSeconds(load: Load, batchSize: number, orderGuard: boolean): number {
  return batchTimeInSeconds(load, batchSize) + settleTimeInSeconds(batchSize, orderGuard);
}

/** How long it may take from one receive of a message to the next, in seconds. */
export function longestReceiveInSeconds(
  sizes: Pick<Sizing, 'visibilityTimeoutInSeconds' | 'timeoutInSeconds' | 'backoffMaxInSeconds'>,
): number {
  return Math.max(sizes.visibilityTimeoutInSeconds, sizes.timeoutInSeconds + sizes.backoffMaxInSeconds);
}

function derive(props: SizingProps, orderGuard: boolean): Sizing {
  const { requestsPerSecond = 10, usersPerMessage = 1, fifo = false } = props;
  const { liveLatencyInSeconds = 3, promptWhenIdle = false } = props;
  const hasWindow = !fifo && !promptWhenIdle;
  const { maxConcurrency = defaultConcurrency(requestsPerSecond, hasWindow) } = props;
  const load = { requestsPerSecond, maxConcurrency, usersPerMessage };
  const {
    batchSize = defaultBatchSize({ ...load, liveLatencyInSeconds, hasWindow }),
    batchingWindowInSeconds = hasWindow ? 1 : 0,
    timeoutInSeconds = defaultTimeout(load, batchSize, orderGuard),
    visibilityTimeoutInSeconds = leastVisibilityTimeout({ timeoutInSeconds, batchingWindowInSeconds }),
    maxReceiveCount = 10,
    backoffBaseInSeconds = 2,
    backoffMaxInSeconds = Math.max(900, backoffBaseInSeconds),
  } = props;
  return {
    ...load,
    fifo,
    liveLatencyInSeconds,
    promptWhenIdle,
    batchSize,
    batchingWindowInSeconds,
    timeoutInSeconds,
    visibilityTimeoutInSeconds,
    maxReceiveCount,
    backoffBaseInSeconds,
    backoffMaxInSeconds,
  };
}

function defaultConcurrency(requestsPerSecond: number, hasWindow: boolean): number {
  const callsOfEach = hasWindow ? USUAL_CALLS_PER_ENVIRONMENT : USUAL_CALLS_OF_SMALL_BATCHES;
  return Math.max(LEAST_CONCURRENCY, Math.ceil(requestsPerSecond / callsOfEach));
}

type BatchProps = Load & Pick<Sizing, 'liveLatencyInSeconds'> & { readonly hasWindow: boolean };

function defaultBatchSize({ hasWindow, liveLatencyInSeconds, ...load }: BatchProps): number {
  const seconds = BATCH_TIME_OF_LIVE_LATENCY * liveLatencyInSeconds;
  const calls = (seconds * load.requestsPerSecond) / load.maxConcurrency;
  const messages = Math.floor((calls * USERS_PER_CALL) / load.usersPerMessage);
  const messagesOfOneCall = Math.ceil(USERS_PER_CALL / load.usersPerMessage);
  return Math.min(Math.max(messages, messagesOfOneCall), hasWindow ? LARGEST_BATCH : SMALL_BATCH);
}

function defaultTimeout(load: Load, batchSize: number, orderGuard: boolean): number {
  const spare = Math.max(10, settleTimeInSeconds(batchSize, orderGuard));
  return Math.min(Math.ceil(3 * batchTimeInSeconds(load, batchSize) + spare), LONGEST_TIMEOUT_IN_SECONDS);
}

function leastVisibilityTimeout(sizes: Pick<Sizing, 'timeoutInSeconds' | 'batchingWindowInSeconds'>): number {
  return TIMEOUTS_OF_INVISIBILITY * sizes.timeoutInSeconds + sizes.batchingWindowInSeconds;
}

function settleTimeInSeconds(batchSize: number, orderGuard: boolean): number {
  return (settleReserveInMilliseconds(batchSize) + (orderGuard ? ORDER_RESERVE_IN_MILLISECONDS : 0)) / 1000;
}

/** What cannot work, each with a sentence that says which setting to change. */
const REFUSALS: readonly ((sizes: Sizes) => void)[] = [
  refuseTooFewEnvironments,
  refuseLargeFifoBatch,
  refuseFifoWindow,
  refusePromptWindow,
  refuseLargeBatchWithoutWindow,
  refuseBatchThatCannotFinish,
  refuseEarlyVisibility,
  refuseShrinkingBackoff,
  refuseBackoffBeyondInvisibility,
  refuseRetriesBeyondRetention,
];

function refuseTooFewEnvironments({ requestsPerSecond, maxConcurrency }: Sizing): void {
  const least = Math.ceil(requestsPerSecond / MOST_CALLS_PER_ENVIRONMENT);
  if (maxConcurrency >= least) return;
  throw new SettingError(
    'maxConcurrency',
    `maxConcurrency takes at least ${least} here (an environment makes at most ${MOST_CALLS_PER_ENVIRONMENT} calls a second, and ` +
      `requestsPerSecond is ${requestsPerSecond}), but got ${maxConcurrency}.`,
  );
}

function refuseLargeFifoBatch({ fifo, batchSize }: Sizing): void {
  if (!fifo || batchSize <= SMALL_BATCH) return;
  throw new SettingError(
    'batchSize',
    `batchSize takes at most ${SMALL_BATCH} when fifo is true, but got ${batchSize}.`,
  );
}

function refuseFifoWindow({ fifo, batchingWindowInSeconds }: Sizing): void {
  if (!fifo || batchingWindowInSeconds === 0) return;
  throw new SettingError(
    'batchingWindowInSeconds',
    `batchingWindowInSeconds takes only 0 when fifo is true, but got ${batchingWindowInSeconds}.`,
  );
}

function refusePromptWindow({ promptWhenIdle, batchingWindowInSeconds }: Sizing): void {
  if (!promptWhenIdle || batchingWindowInSeconds === 0) return;
  throw new SettingError(
    'batchingWindowInSeconds',
    `batchingWindowInSeconds takes only 0 when promptWhenIdle is true, but got ${batchingWindowInSeconds}.`,
  );
}

function refuseLargeBatchWithoutWindow({ batchSize, batchingWindowInSeconds }: Sizing): void {
  if (batchSize <= SMALL_BATCH || batchingWindowInSeconds >= 1) return;
  throw new SettingError(
    'batchingWindowInSeconds',
    `batchingWindowInSeconds takes at least 1 when batchSize is above ${SMALL_BATCH}, but got 0 with a batchSize of ${batchSize}.`,
  );
}

function refuseBatchThatCannotFinish(sizes: Sizes): void {
  const { batchSize, timeoutInSeconds } = sizes;
  const needed = neededTimeInSeconds(sizes, batchSize, sizes.orderGuard);
  if (timeoutInSeconds > needed) return;
  const setting = needed < LONGEST_TIMEOUT_IN_SECONDS ? 'timeoutInSeconds' : 'batchSize';
  throw new SettingError(
    setting,
    `A batch of ${batchSize} messages with up to ${sizes.usersPerMessage} users each needs ${rounded(needed)} s within the quota ` +
      `and timeoutInSeconds is ${timeoutInSeconds}: ${waysToFinish(sizes, needed).join(', or ')}.`,
  );
}

function waysToFinish(sizes: Sizes, needed: number): string[] {
  const largest = largestBatchThatFinishes(sizes);
  const ways = [];
  if (needed < LONGEST_TIMEOUT_IN_SECONDS) ways.push(`raise timeoutInSeconds to at least ${Math.floor(needed) + 1}`);
  if (largest > 0) ways.push(`lower batchSize to at most ${largest}`);
  if (ways.length === 0) ways.push('raise requestsPerSecond', 'lower maxConcurrency or usersPerMessage');
  return ways;
}

/** 0 when even a batch of one message does not finish. */
function largestBatchThatFinishes({ batchSize, timeoutInSeconds, orderGuard, ...load }: Sizes): number {
  let [finishes, tooLarge] = [0, batchSize];
  while (tooLarge - finishes > 1) {
    const middle = Math.floor((finishes + tooLarge) / 2);
    if (neededTimeInSeconds(load, middle, orderGuard) < timeoutInSeconds) finishes = middle;
    else tooLarge = middle;
  }
  return finishes;
}

function refuseEarlyVisibility(sizes: Sizes): void {
  const { visibilityTimeoutInSeconds, timeoutInSeconds, batchingWindowInSeconds } = sizes;
  const least = leastVisibilityTimeout(sizes);
  if (visibilityTimeoutInSeconds >= least) return;
  throw new SettingError(
    'visibilityTimeoutInSeconds',
    `visibilityTimeoutInSeconds takes at least ${least} here (${TIMEOUTS_OF_INVISIBILITY} times timeoutInSeconds, which is ` +
      `${timeoutInSeconds}, plus batchingWindowInSeconds, which is ${batchingWindowInSeconds}), but got ${visibilityTimeoutInSeconds}.`,
  );
}

function refuseShrinkingBackoff({ backoffBaseInSeconds, backoffMaxInSeconds }: Sizing): void {
  if (backoffMaxInSeconds >= backoffBaseInSeconds) return;
  throw new SettingError(
    'backoffMaxInSeconds',
    `backoffMaxInSeconds takes no less than backoffBaseInSeconds, which is ${backoffBaseInSeconds}, but got ${backoffMaxInSeconds}.`,
  );
}

/** SQS counts its 12 hours from the receive, and the function asks for its back-off up to a timeout later. */
function refuseBackoffBeyondInvisibility({ backoffMaxInSeconds, timeoutInSeconds }: Sizing): void {
  const longest = LONGEST_INVISIBILITY_IN_SECONDS - timeoutInSeconds;
  if (backoffMaxInSeconds <= longest) return;
  throw new SettingError(
    'backoffMaxInSeconds',
    `backoffMaxInSeconds takes at most ${longest} here (12 hours less timeoutInSeconds, which is ${timeoutInSeconds}), ` +
      `but got ${backoffMaxInSeconds}.`,
  );
}

/** A message must reach the dead-letter queue before the users queue forgets it, even if every receive goes wrong. */
function refuseRetriesBeyondRetention(sizes: Sizes): void {
  const { maxReceiveCount } = sizes;
  const longestReceive = longestReceiveInSeconds(sizes);
  const most = Math.floor(RETENTION_IN_SECONDS / longestReceive);
  if (maxReceiveCount <= most) return;
  throw new SettingError(
    'maxReceiveCount',
    `maxReceiveCount takes at most ${most} here (a receive can take ${longestReceive} s and the queue keeps a message for ` +
      `14 days), but got ${maxReceiveCount}: lower it, or backoffMaxInSeconds, or visibilityTimeoutInSeconds.`,
  );
}

function rounded(seconds: number): number {
  return Math.ceil(seconds * 10) / 10;
}
