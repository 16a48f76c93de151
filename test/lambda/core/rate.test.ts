import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createAdaptiveRate } from '../../../lambda/core/rate.ts';

/** A clock that is moved by hand, in milliseconds. */
function createHandClock() {
  let now = 1000;
  return {
    now: () => now,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

/** A rate on a clock that stands still. */
const createRate = (share: number) => createAdaptiveRate(share, createHandClock());

/** A rate after so many windows of 50 answers, the first so many of each throttled. */
function rateAfter(windows: number, throttledOfEach: number, rate = createRate(10)) {
  for (let window = 0; window < windows; window++) {
    for (let answer = 0; answer < 50; answer++) rate.answered(answer % 10 === 0 && answer / 10 < throttledOfEach);
  }
  return rate;
}

describe('a rate', () => {
  test('begins at its share, and stays there while nothing is throttled', () => {
    expect(createRate(10).perSecond()).toBe(10);
    expect(rateAfter(5, 0).perSecond()).toBe(10);
  });

  test('takes three throttled calls of fifty for noise', () => {
    expect(rateAfter(20, 3).perSecond()).toBe(10);
  });

  test('is cut by more than what was throttled beyond the noise', () => {
    // 5 of 50 are 10%, 4% of them too many, 1.8 times: 7.2%.
    expect(rateAfter(1, 5).perSecond()).toBeCloseTo(9.28);
  });

  test('is halved at once when everything is throttled, and does not wait for fifty answers', () => {
    const rate = createRate(10);
    for (let answer = 0; answer < 4; answer++) rate.answered(true);
    expect(rate.perSecond()).toBe(5);
  });

  test('grows even if as much as counts for noise is throttled', () => {
    expect(rateAfter(1, 3, rateAfter(1, 5)).perSecond()).toBeCloseTo(9.28 * 1.03);
  });

  test('is cut as soon as four calls, and a third of all, are throttled', () => {
    const rate = createRate(10);
    for (let answer = 0; answer < 11; answer++) rate.answered(answer >= 8);
    expect(rate.perSecond()).toBe(10);
    rate.answered(true);
    // 4 of 12 are 33.3%, 27.3% of them too many, 1.8 times: 49%.
    expect(rate.perSecond()).toBeCloseTo(5.08);
  });

  test('grows back to its share, step by step, when the throttling has ended', () => {
    const rate = rateAfter(1, 5);
    rateAfter(1, 0, rate);
    expect(rate.perSecond()).toBeCloseTo(9.28 * 1.03);
    rateAfter(2, 0, rate);
    expect(rate.perSecond()).toBe(10);
  });

  test('is back within ten minutes, however little was left of it and however few answers there are', () => {
    const clock = createHandClock();
    const rate = createAdaptiveRate(10, clock);
    for (let answer = 0; answer < 40; answer++) rate.answered(true);
    expect(rate.perSecond()).toBe(0.5);
    clock.pass(300_000);
    // An eighth of the share, by the cube of half of the time, on top of what ten halvings left of it.
    expect(rate.perSecond()).toBeCloseTo(10 / 8 + 0.25);
    clock.pass(300_000);
    expect(rate.perSecond()).toBe(10);
  });

  test('begins to grow anew with each cut', () => {
    const clock = createHandClock();
    const rate = createAdaptiveRate(10, clock);
    for (let answer = 0; answer < 4; answer++) rate.answered(true);
    clock.pass(600_000);
    expect(rate.perSecond()).toBe(10);
    for (let answer = 0; answer < 4; answer++) rate.answered(true);
    expect(rate.perSecond()).toBe(5);
    clock.pass(60_000);
    expect(rate.perSecond()).toBeCloseTo(5.01);
  });

  test('is soon back to what it was when no call was let through for a while, however slow it had become', () => {
    const clock = createHandClock();
    const rate = createAdaptiveRate(10, clock);
    for (let answer = 0; answer < 40; answer++) rate.answered(true);
    expect(rate.perSecond()).toBe(0.5);
    rate.answered(false);
    expect(rate.perSecond()).toBeCloseTo(0.5 * 1.25);
    for (let answer = 0; answer < 13; answer++) rate.answered(false);
    expect(rate.perSecond()).toBe(10);
  });

  test('is soon back as well if the last of the throttled calls were no whole window', () => {
    const rate = createRate(10);
    for (let answer = 0; answer < 42; answer++) rate.answered(true);
    for (let answer = 0; answer < 14; answer++) rate.answered(false);
    expect(rate.perSecond()).toBe(10);
  });

  test('is back to what was good before that, and no more', () => {
    const rate = rateAfter(1, 5);
    rateAfter(1, 3, rate);
    const good = rate.perSecond();
    for (let answer = 0; answer < 40; answer++) rate.answered(true);
    for (let answer = 0; answer < 30; answer++) rate.answered(false);
    expect(rate.perSecond()).toBeCloseTo(good);
    expect(good).toBeCloseTo(9.28 * 1.03);
  });

  test('is in no hurry any more once a call is throttled among others that are let through', () => {
    const rate = createRate(10);
    for (let answer = 0; answer < 40; answer++) rate.answered(true);
    rate.answered(false);
    rate.answered(true);
    for (let answer = 0; answer < 20; answer++) rate.answered(false);
    expect(rate.perSecond()).toBeCloseTo(0.5 * 1.25);
  });

  test('is in no hurry after a cut when some calls were let through', () => {
    const rate = createRate(10);
    for (let answer = 0; answer < 12; answer++) rate.answered(answer >= 8);
    const cut = rate.perSecond();
    for (let answer = 0; answer < 20; answer++) rate.answered(false);
    expect(rate.perSecond()).toBe(cut);
  });

  test('grows fast on top of what the time has given back, which it does not lose', () => {
    const clock = createHandClock();
    const rate = createAdaptiveRate(10, clock);
    for (let answer = 0; answer < 40; answer++) rate.answered(true);
    clock.pass(500_000);
    const before = rate.perSecond();
    rate.answered(false);
    expect(rate.perSecond()).toBeGreaterThanOrEqual(before);
  });

  test.each([
    [1, 0.1],
    [0.05, 0.05],
  ])('of a share of %d is never slower than a call in ten seconds, if its share is not', (share, slowest) => {
    const rate = createRate(share);
    for (let answer = 0; answer < 100; answer++) rate.answered(true);
    expect(rate.perSecond()).toBe(slowest);
  });

  test('is never above its share nor below a twentieth of it, whatever happens', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 1000, noNaN: true }),
        fc.array(fc.boolean(), { maxLength: 500 }),
        (share, answers) => {
          const rate = createRate(share);
          for (const throttled of answers) {
            rate.answered(throttled);
            expect(rate.perSecond()).toBeLessThanOrEqual(share);
            expect(rate.perSecond()).toBeGreaterThanOrEqual(share * 0.05);
          }
        },
      ),
    );
  });
});
