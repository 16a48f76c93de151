import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { settleReserveInMilliseconds } from '../../contract/deployment/time-budget.ts';
import { SettingError } from '../../lib/setting.ts';
import { SETTINGS } from '../../lib/settings.ts';
import { batchTimeInSeconds, type SizedProps, type Sizing, type SizingProps, sizing } from '../../lib/sizing.ts';

describe('the sizes by default', () => {
  test('let each of two environments settle 1 s of its part of the quota, so that live users wait for 3 s at most', () => {
    expect(sizing({})).toEqual({
      requestsPerSecond: 10,
      maxConcurrency: 2,
      usersPerMessage: 1,
      fifo: false,
      liveLatencyInSeconds: 3,
      promptWhenIdle: false,
      batchSize: 50,
      batchingWindowInSeconds: 1,
      timeoutInSeconds: 13,
      visibilityTimeoutInSeconds: 79,
      maxReceiveCount: 10,
      backoffBaseInSeconds: 2,
      backoffMaxInSeconds: 900,
    });
  });

  test.each<[string, SizingProps, Partial<Sizing>]>([
    ['grow with the quota', { requestsPerSecond: 20 }, { maxConcurrency: 2, batchSize: 100, timeoutInSeconds: 13 }],
    ['have an environment for every 10 calls', { requestsPerSecond: 100 }, { maxConcurrency: 10, batchSize: 100 }],
    [
      'have an environment for every 5 calls where a batch is one call: on a FIFO queue',
      { requestsPerSecond: 40, fifo: true },
      { maxConcurrency: 8, batchSize: 10 },
    ],
    [
      'and where nobody waits for a window',
      { requestsPerSecond: 40, promptWhenIdle: true },
      { maxConcurrency: 8, batchSize: 10 },
    ],
    ['have a hundred for 1,000 calls', { requestsPerSecond: 1_000 }, { maxConcurrency: 100, batchSize: 100 }],
    ['shrink with the concurrency', { maxConcurrency: 4 }, { batchSize: 25, timeoutInSeconds: 14 }],
    ['count users, not messages', { usersPerMessage: 10 }, { batchSize: 5, timeoutInSeconds: 13 }],
    ['follow what live users may wait', { liveLatencyInSeconds: 15 }, { batchSize: 250, timeoutInSeconds: 25 }],
    ['are small for who may wait little', { liveLatencyInSeconds: 1 }, { batchSize: 16, timeoutInSeconds: 12 }],
    [
      'have no window where lone users do not wait',
      { promptWhenIdle: true },
      { batchSize: 10, batchingWindowInSeconds: 0, timeoutInSeconds: 11 },
    ],
    ['fill a call at least', { maxConcurrency: 500 }, { batchSize: 10, timeoutInSeconds: 160 }],
    [
      'fill a call at least, with packed messages',
      { maxConcurrency: 500, usersPerMessage: 4 },
      { batchSize: 3, timeoutInSeconds: 310 },
    ],
    [
      'are those of a large batch at most',
      { requestsPerSecond: 1_000, maxConcurrency: 40, liveLatencyInSeconds: 300 },
      { batchSize: 10_000, timeoutInSeconds: 133 },
    ],
    [
      'are small for FIFO queues',
      { fifo: true },
      { batchSize: 10, batchingWindowInSeconds: 0, timeoutInSeconds: 11, visibilityTimeoutInSeconds: 66 },
    ],
    ['follow a given batch', { batchSize: 1_000 }, { timeoutInSeconds: 70, visibilityTimeoutInSeconds: 421 }],
    ['follow a given timeout', { timeoutInSeconds: 100 }, { visibilityTimeoutInSeconds: 601 }],
    ['follow a given window', { batchingWindowInSeconds: 20 }, { visibilityTimeoutInSeconds: 98 }],
    ['follow a given back-off', { backoffBaseInSeconds: 1_000 }, { backoffMaxInSeconds: 1_000 }],
  ])('%s', (_, props, expected) => {
    expect(sizing(props)).toMatchObject(expected);
  });
});

test('a size out of its limits is refused', () => {
  expect(() => sizing({ maxConcurrency: 1 })).toThrow('maxConcurrency takes a whole number from 2 to 1000, but got 1.');
  expect(() => sizing({ requestsPerSecond: 0.5 })).toThrow(SettingError);
});

describe('sizes that cannot work together', () => {
  test.each<[string, SizedProps, string]>([
    ['batchSize', { fifo: true, batchSize: 11 }, 'batchSize takes at most 10 when fifo is true, but got 11.'],
    [
      'batchingWindowInSeconds',
      { fifo: true, batchingWindowInSeconds: 1 },
      'batchingWindowInSeconds takes only 0 when fifo is true, but got 1.',
    ],
    [
      'batchingWindowInSeconds',
      { promptWhenIdle: true, batchingWindowInSeconds: 1 },
      'batchingWindowInSeconds takes only 0 when promptWhenIdle is true, but got 1.',
    ],
    [
      'batchingWindowInSeconds',
      { batchSize: 11, batchingWindowInSeconds: 0 },
      'batchingWindowInSeconds takes at least 1 when batchSize is above 10, but got 0 with a batchSize of 11.',
    ],
    [
      'timeoutInSeconds',
      { batchSize: 500, timeoutInSeconds: 13 },
      'A batch of 500 messages with up to 1 users each needs 13.5 s within the quota and timeoutInSeconds is 13: raise timeoutInSeconds to at least 14, or lower batchSize to at most 470.',
    ],
    [
      'batchSize',
      { usersPerMessage: 100, batchSize: 1_000 },
      'A batch of 1000 messages with up to 100 users each needs 2004 s within the quota and timeoutInSeconds is 900: lower batchSize to at most 448.',
    ],
    [
      'timeoutInSeconds',
      { batchSize: 500, timeoutInSeconds: 3 },
      'A batch of 500 messages with up to 1 users each needs 13.5 s within the quota and timeoutInSeconds is 3: raise timeoutInSeconds to at least 14.',
    ],
    [
      'timeoutInSeconds',
      { timeoutInSeconds: 5, orderGuard: true },
      'A batch of 50 messages with up to 1 users each needs 5.6 s within the quota and timeoutInSeconds is 5: raise timeoutInSeconds to at least 6, or lower batchSize to at most 20.',
    ],
    [
      'batchSize',
      { requestsPerSecond: 1, maxConcurrency: 1_000 },
      'A batch of 10 messages with up to 1 users each needs 1003.1 s within the quota and timeoutInSeconds is 900: raise requestsPerSecond, or lower maxConcurrency or usersPerMessage.',
    ],
    // A batch that needs the whole timeout has no time to begin and to end.
    [
      'timeoutInSeconds',
      { requestsPerSecond: 8, batchSize: 1_000, timeoutInSeconds: 16 },
      'A batch of 1000 messages with up to 1 users each needs 29 s within the quota and timeoutInSeconds is 16: raise timeoutInSeconds to at least 30, or lower batchSize to at most 499.',
    ],
    [
      'timeoutInSeconds',
      { requestsPerSecond: 8, batchSize: 500, timeoutInSeconds: 16 },
      'A batch of 500 messages with up to 1 users each needs 16 s within the quota and timeoutInSeconds is 16: raise timeoutInSeconds to at least 17, or lower batchSize to at most 499.',
    ],
    // Lambda has no timeout of 901 s.
    [
      'batchSize',
      { requestsPerSecond: 25, maxConcurrency: 2, usersPerMessage: 112, batchSize: 1_000 },
      'A batch of 1000 messages with up to 112 users each needs 900 s within the quota and timeoutInSeconds is 900: lower batchSize to at most 999.',
    ],
    [
      'visibilityTimeoutInSeconds',
      { visibilityTimeoutInSeconds: 78 },
      'visibilityTimeoutInSeconds takes at least 79 here (6 times timeoutInSeconds, which is 13, plus batchingWindowInSeconds, which is 1), but got 78.',
    ],
    [
      'backoffMaxInSeconds',
      { backoffBaseInSeconds: 10, backoffMaxInSeconds: 9 },
      'backoffMaxInSeconds takes no less than backoffBaseInSeconds, which is 10, but got 9.',
    ],
    [
      'backoffMaxInSeconds',
      { backoffMaxInSeconds: 43_188 },
      'backoffMaxInSeconds takes at most 43187 here (12 hours less timeoutInSeconds, which is 13), but got 43188.',
    ],
    [
      'maxReceiveCount',
      { backoffMaxInSeconds: 43_187, maxReceiveCount: 29 },
      'maxReceiveCount takes at most 28 here (a receive can take 43200 s and the queue keeps a message for 14 days), but got 29: lower it, or backoffMaxInSeconds, or visibilityTimeoutInSeconds.',
    ],
    [
      'maxReceiveCount',
      { visibilityTimeoutInSeconds: 43_200, maxReceiveCount: 29 },
      'maxReceiveCount takes at most 28 here (a receive can take 43200 s and the queue keeps a message for 14 days), but got 29: lower it, or backoffMaxInSeconds, or visibilityTimeoutInSeconds.',
    ],
    [
      'maxConcurrency',
      { requestsPerSecond: 51, maxConcurrency: 2 },
      'maxConcurrency takes at least 3 here (an environment makes at most 25 calls a second, and requestsPerSecond is 51), but got 2.',
    ],
  ])('are refused with a sentence about %s: %j', (setting, props, sentence) => {
    expect(() => sizing(props)).toThrow(expect.objectContaining({ setting, message: sentence }));
  });

  test('are refused at the limit, and not before it', () => {
    const accepted: SizingProps[] = [
      { fifo: true, batchSize: 10, batchingWindowInSeconds: 0 },
      { batchSize: 10, batchingWindowInSeconds: 0 },
      { batchSize: 500, timeoutInSeconds: 14 },
      { timeoutInSeconds: 13, batchSize: 470 },
      { visibilityTimeoutInSeconds: 79 },
      { requestsPerSecond: 50, maxConcurrency: 2 },
      { backoffBaseInSeconds: 9, backoffMaxInSeconds: 9 },
      { backoffMaxInSeconds: 43_187 },
      { backoffMaxInSeconds: 43_187, maxReceiveCount: 28 },
    ];
    for (const props of accepted) expect(sizing(props)).toMatchObject(props);
  });
});

describe('whatever is set', () => {
  const wholeNumber = (min: number, max: number) =>
    fc.oneof(fc.integer({ min, max }), fc.integer({ min, max: Math.min(max, min + 20) }));
  const everySize = fc.record<Sizing>({
    requestsPerSecond: wholeNumber(1, 1_000),
    maxConcurrency: wholeNumber(2, 1_000),
    usersPerMessage: wholeNumber(1, 10_000),
    liveLatencyInSeconds: wholeNumber(1, 300),
    promptWhenIdle: fc.boolean(),
    fifo: fc.boolean(),
    batchSize: wholeNumber(1, 10_000),
    batchingWindowInSeconds: wholeNumber(0, 300),
    timeoutInSeconds: wholeNumber(1, 900),
    visibilityTimeoutInSeconds: wholeNumber(1, 43_200),
    maxReceiveCount: wholeNumber(1, 1_000),
    backoffBaseInSeconds: wholeNumber(1, 43_200),
    backoffMaxInSeconds: wholeNumber(1, 43_200),
  });
  /** Up to four at a time: the more are given, the less often they go together. */
  const anyProps: fc.Arbitrary<SizingProps> = everySize.chain((sizes) =>
    fc.subarray(Object.entries(sizes), { maxLength: 4 }).map((given) => Object.fromEntries(given)),
  );
  /** The sizes, or the refusal. */
  const attempt = (props: SizingProps): Sizing | SettingError => {
    try {
      return sizing(props);
    } catch (error) {
      if (error instanceof SettingError) return error;
      throw error;
    }
  };
  const whenAccepted = (check: (sizes: Sizing, props: SizingProps) => void) => {
    let accepted = 0;
    const property = fc.property(anyProps, (props) => {
      const outcome = attempt(props);
      if (outcome instanceof SettingError) return;
      accepted++;
      check(outcome, props);
    });
    fc.assert(property, { numRuns: 3_000 });
    expect(accepted).toBeGreaterThan(1_000);
  };

  test('what is given stays as it is', () => {
    whenAccepted((sizes, props) => expect(sizes).toMatchObject(props));
  });

  test('a message stays hidden for 6 timeouts and the window', () => {
    whenAccepted(({ visibilityTimeoutInSeconds, timeoutInSeconds, batchingWindowInSeconds }) => {
      expect(visibilityTimeoutInSeconds).toBeGreaterThanOrEqual(6 * timeoutInSeconds + batchingWindowInSeconds);
    });
  });

  test('no environment has more of the quota than it can use', () => {
    whenAccepted(({ requestsPerSecond, maxConcurrency }) => {
      expect(requestsPerSecond / maxConcurrency).toBeLessThanOrEqual(25);
    });
  });

  test('a quota that is given alone has the environments that it needs', () => {
    for (let requestsPerSecond = 1; requestsPerSecond <= 1_000; requestsPerSecond++) {
      const { maxConcurrency } = sizing({ requestsPerSecond });
      expect(requestsPerSecond / maxConcurrency).toBeLessThanOrEqual(10);
    }
  });

  test('a batch is called and settled before the timeout, within the quota', () => {
    whenAccepted((sizes) => {
      const calls = Math.ceil((sizes.batchSize * sizes.usersPerMessage) / 10);
      const callTime = calls / (sizes.requestsPerSecond / sizes.maxConcurrency);
      const reserve = settleReserveInMilliseconds(sizes.batchSize) / 1000;
      expect(batchTimeInSeconds(sizes, sizes.batchSize)).toBeCloseTo(callTime);
      expect(sizes.timeoutInSeconds).toBeGreaterThan(callTime + reserve - 1e-6);
    });
  });

  test('the limits of Lambda and SQS hold', () => {
    whenAccepted((sizes) => {
      for (const name of Object.keys(sizes) as (keyof Sizing)[]) {
        expect(SETTINGS[name].read(sizes[name])).toBe(sizes[name]);
      }
      if (sizes.fifo) expect(sizes).toMatchObject({ batchingWindowInSeconds: 0 });
      if (sizes.fifo || sizes.batchingWindowInSeconds === 0) expect(sizes.batchSize).toBeLessThanOrEqual(10);
      expect(sizes.backoffMaxInSeconds).toBeGreaterThanOrEqual(sizes.backoffBaseInSeconds);
      expect(sizes.backoffMaxInSeconds + sizes.timeoutInSeconds).toBeLessThanOrEqual(12 * 60 * 60);
    });
  });

  test('a message that always fails is a dead letter before the queue forgets it', () => {
    whenAccepted((sizes) => {
      const crashes = sizes.maxReceiveCount * sizes.visibilityTimeoutInSeconds;
      const backoffs = sizes.maxReceiveCount * (sizes.timeoutInSeconds + sizes.backoffMaxInSeconds);
      expect(Math.max(crashes, backoffs)).toBeLessThanOrEqual(14 * 24 * 60 * 60);
    });
  });

  test('the quota alone never makes sizes that are refused, as long as one call is possible', () => {
    const quotas = fc.record({
      requestsPerSecond: wholeNumber(1, 1_000),
      maxConcurrency: wholeNumber(2, 1_000),
      fifo: fc.boolean(),
    });
    const property = fc.property(quotas, (quota) => {
      fc.pre(batchTimeInSeconds({ ...quota, usersPerMessage: 1 }, 10) < 890);
      fc.pre(quota.requestsPerSecond <= 25 * quota.maxConcurrency);
      sizing(quota);
    });
    fc.assert(property, { numRuns: 3_000 });
  });

  test('a refusal of a batch gives advice that works', () => {
    let advised = 0;
    const property = fc.property(anyProps, (props) => {
      const { timeoutInSeconds, batchSize, ...others } = props;
      const given = { ...(timeoutInSeconds && { timeoutInSeconds }), ...(batchSize && { batchSize }) };
      const relevant = {
        requestsPerSecond: others.requestsPerSecond,
        maxConcurrency: others.maxConcurrency,
        usersPerMessage: others.usersPerMessage,
      };
      const outcome = attempt({ ...relevant, ...given });
      if (!(outcome instanceof SettingError)) return;
      for (const [, name, value] of outcome.message.matchAll(
        /(timeoutInSeconds|batchSize) to at (?:least|most) (\d+)/g,
      )) {
        advised++;
        expect(sizing({ ...relevant, ...given, [name!]: Number(value) })).toBeDefined();
      }
    });
    fc.assert(property, { numRuns: 3_000 });
    expect(advised).toBeGreaterThan(100);
  });
});
