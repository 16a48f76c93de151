import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quotaPerGroup } from '../../../local/put-users/quota.ts';
import { tokenBucket } from '../../../local/put-users/token-bucket.ts';
import { DATASET_ARN, OTHER_DATASET_ARN } from './support.ts';

/** For sums of fractions of tokens. */
const ROUNDING = 1e-6;

const rates = fc.record({
  requestsPerSecond: fc.double({ min: 0.1, max: 1000, noNaN: true }),
  burst: fc.integer({ min: 1, max: 100 }),
});
/** Milliseconds between one request and the next. */
const gaps = fc.array(fc.double({ min: 0, max: 2000, noNaN: true }), { maxLength: 200 });

describe('a token bucket', () => {
  test('admits no more than burst + rate × time, in any stretch of time', () => {
    fc.assert(
      fc.property(rates, gaps, (rate, gaps) => {
        const admitted = admissions(rate, gaps);
        for (const [first, from] of admitted.entries()) {
          for (const [last, to] of admitted.entries()) {
            if (last < first) continue;
            const most = rate.burst + ((to - from) / 1000) * rate.requestsPerSecond;
            expect(last - first + 1).toBeLessThanOrEqual(most + ROUNDING);
          }
        }
      }),
    );
  });

  test('refuses nobody who keeps to the rate', () => {
    fc.assert(
      fc.property(rates, fc.integer({ min: 1, max: 200 }), (rate, requests) => {
        const gap = (1000 / rate.requestsPerSecond) * (1 + ROUNDING);
        expect(admissions(rate, Array(requests).fill(gap))).toHaveLength(requests);
      }),
    );
  });

  test('admits the burst at once, and after that one for each token that came back', () => {
    let now = 0;
    const bucket = tokenBucket({ requestsPerSecond: 10, burst: 3 }, () => now);
    const takeFour = () => [1, 2, 3, 4].map(() => bucket.tryTake());
    expect(takeFour()).toEqual([true, true, true, false]);
    now = 200;
    expect(takeFour()).toEqual([true, true, false, false]);
    now = 60_000;
    expect(takeFour()).toEqual([true, true, true, false]);
  });

  test('takes no harm from a clock that goes back', () => {
    let now = 1000;
    const bucket = tokenBucket({ requestsPerSecond: 1, burst: 1 }, () => now);
    now = 0;
    expect(bucket.tryTake()).toBe(true);
    expect(bucket.tryTake()).toBe(false);
    now = 1999;
    expect(bucket.tryTake()).toBe(false);
    now = 2000;
    expect(bucket.tryTake()).toBe(true);
  });
});

describe('the quota', () => {
  const still = () => 0;
  const one = { requestsPerSecond: 1, burst: 1 };

  test('is spent by each dataset group for itself', () => {
    const spend = quotaPerGroup(one, [DATASET_ARN, OTHER_DATASET_ARN], still);
    expect([spend(DATASET_ARN), spend(OTHER_DATASET_ARN)]).toEqual([true, true]);
    expect([spend(DATASET_ARN), spend(OTHER_DATASET_ARN)]).toEqual([false, false]);
  });

  test('is shared by the datasets of one group', () => {
    const spend = quotaPerGroup(one, [DATASET_ARN], still);
    expect(spend(DATASET_ARN.replace('USERS', 'ITEMS'))).toBe(true);
    expect(spend(DATASET_ARN)).toBe(false);
  });

  test('holds for requests that name no dataset of the service, too', () => {
    const spend = quotaPerGroup(one, [DATASET_ARN], still);
    expect([spend(undefined), spend('nonsense'), spend(OTHER_DATASET_ARN)]).toEqual([true, false, false]);
    expect(spend(DATASET_ARN)).toBe(true);
  });

  test('can be unlimited', () => {
    const spend = quotaPerGroup('unlimited', [DATASET_ARN], still);
    expect(Array.from({ length: 1000 }, () => spend(DATASET_ARN))).not.toContain(false);
  });

  test.each([
    [{ requestsPerSecond: 0, burst: 1 }, 'quota.requestsPerSecond must be a number above 0, not 0'],
    [{ requestsPerSecond: 1, burst: 0.5 }, 'quota.burst must be a number of at least 1, not 0.5'],
    [{ requestsPerSecond: Number.NaN, burst: 1 }, 'quota.requestsPerSecond must be a number above 0, not NaN'],
  ])('refuses the rate %j', (rate, message) => {
    expect(() => quotaPerGroup(rate, [DATASET_ARN], still)).toThrow(message);
  });
});

/** The times of the requests that a new bucket admits, when they come with these gaps in milliseconds. */
function admissions(rate: Parameters<typeof tokenBucket>[0], gaps: readonly number[]): readonly number[] {
  let now = 0;
  const bucket = tokenBucket(rate, () => now);
  return gaps.flatMap((gap) => {
    now += gap;
    return bucket.tryTake() ? [now] : [];
  });
}
