import { type Rate, type TokenBucket, tokenBucket } from './token-bucket.ts';

/** The rate of PutUsers requests for each dataset group, or no limit at all. */
export type Quota = Rate | 'unlimited';

/** The service's quota: 10 requests a second for each dataset group (quotas page of the developer guide). */
export const DEFAULT_QUOTA: Rate = { requestsPerSecond: 10, burst: 10 };

/** Spends the quota of the dataset group that a request names; false when there is nothing left to spend. */
export type SpendQuota = (datasetArn: string | undefined) => boolean;

/**
 * One token bucket for each dataset group. Requests that name none of the datasets share one more bucket.
 *
 * @param now the time in milliseconds
 * @throws RangeError for a rate that would admit nothing
 */
export function quotaPerGroup(quota: Quota, datasetArns: readonly string[], now: () => number): SpendQuota {
  if (quota === 'unlimited') return () => true;
  checkRate(quota);

  const bucketOfGroup = new Map<string, TokenBucket>();
  for (const arn of datasetArns) bucketOfGroup.set(groupOf(arn), tokenBucket(quota, now));
  const bucketOfOthers = tokenBucket(quota, now);

  return (datasetArn = '') => (bucketOfGroup.get(groupOf(datasetArn)) ?? bucketOfOthers).tryTake();
}

/** `arn:aws:personalize:eu-central-1:123456789012:dataset/shop/USERS` belongs to the group `…:dataset/shop`. */
function groupOf(datasetArn: string): string {
  const lastSlash = datasetArn.lastIndexOf('/');
  return lastSlash === -1 ? datasetArn : datasetArn.slice(0, lastSlash);
}

function checkRate({ requestsPerSecond, burst }: Rate): void {
  if (!(Number.isFinite(requestsPerSecond) && requestsPerSecond > 0)) {
    throw new RangeError(`quota.requestsPerSecond must be a number above 0, not ${requestsPerSecond}`);
  }
  if (!(Number.isFinite(burst) && burst >= 1)) {
    throw new RangeError(`quota.burst must be a number of at least 1, not ${burst}`);
  }
}
