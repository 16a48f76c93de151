import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { seededChance } from '../../../local/put-users/chance.ts';
import { readFaults } from '../../../local/put-users/faults.ts';
import { seededRandom } from '../../../local/random.ts';

const NO_LATENCY = { mean: 0, jitter: 0 };
const DRAWS = 20_000;

/** How often each fault came up, as a share of many draws. Server errors and drops count in each of their forms. */
function shares(settings: Parameters<typeof seededChance>[0]): Record<string, number> {
  const chance = seededChance(settings, NO_LATENCY);
  const counts: Record<string, number> = {};
  for (let draw = 0; draw < DRAWS; draw += 1) {
    const { fault, delayInMilliseconds } = chance.draw();
    const { kind, ...form } = fault;
    const name = [kind, ...Object.values(form)].join(' ');
    counts[name] = (counts[name] ?? 0) + 1 / DRAWS;
    if (delayInMilliseconds > 0) counts.slow = (counts.slow ?? 0) + 1 / DRAWS;
  }
  return counts;
}

describe('faults', () => {
  test('do not happen unless they are asked for', () => {
    expect(shares({})).toEqual({ none: expect.closeTo(1) });
  });

  test('happen at their rates', () => {
    const settings = { throttling: 0.1, serverError: 0.3, conflict: 0.05, dropped: 0.2, slow: 0.25, seed: 7 };
    expect(shares(settings)).toEqual({
      throttling: expect.closeTo(0.1, 1.7),
      'serverError InternalFailure': expect.closeTo(0.1, 1.7),
      'serverError ServiceUnavailable': expect.closeTo(0.1, 1.7),
      'serverError BadGateway': expect.closeTo(0.1, 1.7),
      conflict: expect.closeTo(0.05, 1.7),
      'dropped true': expect.closeTo(0.1, 1.7),
      'dropped false': expect.closeTo(0.1, 1.7),
      none: expect.closeTo(0.35, 1.7),
      slow: expect.closeTo(0.25, 1.7),
    });
  });

  test('happen always at a rate of 1', () => {
    expect(shares({ throttling: 1, slow: 1 })).toEqual({ throttling: expect.closeTo(1), slow: expect.closeTo(1) });
  });

  test('are the same again with the same seed, and others with another', () => {
    const draws = (seed: number) => {
      const chance = seededChance({ throttling: 0.5, dropped: 0.2, slow: 0.5, seed }, { mean: 50, jitter: 20 });
      return Array.from({ length: 100 }, () => chance.draw());
    };
    expect(draws(7)).toEqual(draws(7));
    expect(draws(7)).not.toEqual(draws(8));
  });

  test('of one kind fall on the same calls, whatever the rates of the others', () => {
    const throttledCalls = (others: object) => {
      const chance = seededChance({ throttling: 0.3, seed: 3, ...others }, NO_LATENCY);
      return Array.from({ length: 200 }, () => chance.draw().fault.kind === 'throttling');
    };
    expect(throttledCalls({ serverError: 0.2, dropped: 0.4, slow: 0.5 })).toEqual(throttledCalls({}));
  });

  test('that are set anew replace the old ones, and a seed starts the sequence anew', () => {
    const chance = seededChance({ throttling: 1, conflict: 0, seed: 3 }, { mean: 50, jitter: 50 });
    const first = chance.draw();
    expect(chance.setFaults({ conflict: 1 })).toMatchObject({ throttling: 0, conflict: 1 });
    expect(chance.draw()).toMatchObject({ fault: { kind: 'conflict' } });
    chance.setFaults({ throttling: 1, seed: 3 });
    expect(chance.draw()).toEqual(first);
  });

  test.each([
    [{ throttling: 1.5 }, 'faults.throttling must be a rate from 0 to 1, not 1.5'],
    [{ slow: -0.1 }, 'faults.slow must be a rate from 0 to 1, not -0.1'],
    [{ dropped: '0.1' }, 'faults.dropped must be a number, not a string'],
    [{ conflict: null }, 'faults.conflict must be a number, not null'],
    [{ slowByInMilliseconds: -1 }, 'faults.slowByInMilliseconds must be 0 or more, not -1'],
    [
      { throtling: 0.1 },
      'faults.throtling is not known; ' +
        'there is throttling, serverError, conflict, dropped, slow, slowByInMilliseconds, seed',
    ],
    [
      { throttling: 0.5, dropped: 0.75 },
      'the rates throttling, serverError, conflict, dropped must add up to 1 at most, not 1.25',
    ],
    [[], 'faults must be an object, not an array'],
  ])('%j are refused', (settings, message) => {
    expect(() => readFaults(settings)).toThrow(new RangeError(message));
  });

  test('whose rates add up to 1 but for rounding are taken', () => {
    expect(() => readFaults({ throttling: 0.2, serverError: 0.4, conflict: 0.3, dropped: 0.1 })).not.toThrow();
  });
});

describe('latency', () => {
  test('keeps within its jitter, and is never below 0', () => {
    fc.assert(
      fc.property(fc.nat(500), fc.nat(500), fc.integer(), (mean, jitter, seed) => {
        const chance = seededChance({ seed }, { mean, jitter });
        for (let draw = 0; draw < 20; draw += 1) {
          const { delayInMilliseconds } = chance.draw();
          expect(delayInMilliseconds).toBeGreaterThanOrEqual(Math.max(0, mean - jitter));
          expect(delayInMilliseconds).toBeLessThanOrEqual(mean + jitter);
        }
      }),
    );
  });

  test('comes on top of a slow reply', () => {
    const chance = seededChance({ slow: 1, slowByInMilliseconds: 3000 }, { mean: 20, jitter: 0 });
    expect(chance.draw().delayInMilliseconds).toBe(3020);
  });

  test('below 0 is refused', () => {
    expect(() => seededChance({}, { mean: -1, jitter: 0 })).toThrow(
      'latencyInMilliseconds.mean must be a number from 0, not -1',
    );
  });
});

test('random numbers lie in [0, 1) and are spread evenly', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = seededRandom(seed);
      const numbers = Array.from({ length: 1000 }, random);
      expect(Math.min(...numbers)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...numbers)).toBeLessThan(1);
      const mean = numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.06);
    }),
  );
});
