import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createInvocationClock } from '../../../lambda/aws/invocation-clock.ts';
import { createPacer } from '../../../lambda/core/pacer.ts';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';
import { runs } from '../../support/property-runs.ts';

const TIMEOUT = 40_000;

/** An environment: the true time, the time that has elapsed in it, and what its machine's clock is set to. */
function createEnvironment({ freezes = false } = {}) {
  let time = 1_000_000;
  let elapsed = 50;
  let wrong = 0;
  const clock = createInvocationClock(TIMEOUT, { elapsed: () => elapsed, wallTime: () => time + wrong });
  return {
    clock,
    set: (milliseconds: number) => {
      wrong = milliseconds;
    },
    work: (milliseconds: number) => {
      time += milliseconds;
      elapsed += milliseconds;
    },
    pause: (milliseconds: number) => {
      time += milliseconds;
      if (!freezes) elapsed += milliseconds;
    },
    /** What is left, as Lambda's runtime client has it, of an invocation that has just begun. */
    begin: () => clock.begin(time + TIMEOUT - (time + wrong)),
  };
}

describe('an invocation', () => {
  test('ends when Lambda says', () => {
    const clock = createInvocationClock(TIMEOUT);
    const before = clock.now();
    const endsAt = clock.begin(12_000);
    expect(endsAt).toBeGreaterThanOrEqual(before + 12_000);
    expect(endsAt).toBeLessThanOrEqual(clock.now() + 12_000);
  });

  test.each([0, -1, -600_000, 40_001, 600_000])('of which %i ms are said to be left has its time-out', (remaining) => {
    const clock = createInvocationClock(TIMEOUT, { elapsed: () => 50 });
    expect(clock.begin(remaining)).toBe(50 + TIMEOUT);
  });
});

describe('the time', () => {
  test('goes on by itself, and with the pauses between invocations', () => {
    const { clock, begin, work, pause } = createEnvironment();
    begin();
    work(3000);
    pause(5000);
    begin();
    expect(clock.now()).toBe(8050);
  });

  test('counts a second of a pause that it stood still in, and less of a shorter one', () => {
    const { clock, begin, work, pause } = createEnvironment({ freezes: true });
    begin();
    work(3000);
    pause(5000);
    begin();
    expect(clock.now()).toBe(4050);
    work(3000);
    pause(200);
    begin();
    expect(clock.now()).toBe(7250);
  });

  test('counts nothing before the first invocation, and no pause twice', () => {
    const { clock, begin, pause } = createEnvironment({ freezes: true });
    pause(5000);
    begin();
    expect(clock.now()).toBe(50);
    pause(600);
    begin();
    begin();
    expect(clock.now()).toBe(650);
  });

  test('counts no pause for an invocation that came late', () => {
    const { clock, begin, work } = createEnvironment();
    begin();
    for (let invocation = 0; invocation < 10; invocation++) {
      const late = invocation % 2 === 0 ? 300 : 0;
      clock.begin(TIMEOUT - late);
      work(1000);
    }
    expect(clock.now()).toBe(10_050);
  });

  test('is what the machine says has elapsed, and who sleeps less wakes first', async () => {
    const clock = createInvocationClock(TIMEOUT);
    const before = performance.now();
    expect(clock.now()).toBeGreaterThanOrEqual(before);
    expect(clock.now()).toBeLessThanOrEqual(performance.now());
    const awake: string[] = [];
    await Promise.all([clock.sleep(20).then(() => awake.push('late')), clock.sleep(1).then(() => awake.push('early'))]);
    expect(awake).toEqual(['early', 'late']);
  });
});

/** What happens to an environment between two calls: its clock is set, or time passes, within an invocation or between two. */
interface Happening {
  readonly kind: 'set' | 'pause' | 'work';
  readonly milliseconds: number;
  /** How far off the clock is from then on. */
  readonly wrong: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  kind: fc.constantFrom('set', 'pause', 'work'),
  milliseconds: fc.integer({ min: 0, max: 3000 }),
  wrong: fc.oneof(
    fc.integer({ min: -600_000, max: 600_000 }),
    fc.constantFrom(-86_400_000, -600_000, 0, 600_000, 86_400_000),
  ),
});

/** Paces calls in an environment to which all that happens; its times, by the true clock. */
async function callTimes(happenings: readonly Happening[], freezes: boolean, isSet: boolean) {
  const time = createVirtualClock(1_000_000);
  let frozenFor = 0;
  let wrong = 0;
  const wallTime = () => time.now() + wrong;
  const invocationClock = createInvocationClock(TIMEOUT, { elapsed: () => time.now() - frozenFor, wallTime });
  const clock = { ...invocationClock, sleep: time.sleep };
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  const begin = () => clock.begin(time.now() + TIMEOUT - wallTime());

  const times: number[] = [];
  let endsAt = begin();
  for (const { kind, milliseconds, wrong: setTo } of happenings) {
    if (kind === 'set' && isSet) wrong = setTo;
    if (kind !== 'set') await time.sleep(milliseconds);
    if (kind === 'pause') {
      if (freezes) frozenFor += milliseconds;
      endsAt = begin();
    }
    // An invocation calls for as long as it has time.
    if (!(await pacer.admit(endsAt))) continue;
    times.push(time.now());
  }
  return times;
}

test('an environment calls just as it would have, and within its share, however its machine is told the time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 80 }), fc.boolean(), async (happenings, freezes) => {
      const times = await callTimes(happenings, freezes, true);
      const undisturbed = await callTimes(happenings, freezes, false);
      expect(times.map(Math.round)).toEqual(undisturbed.map(Math.round));
      for (const [from, first] of times.entries()) {
        for (let to = from; to < times.length; to++) {
          expect(to - from + 1).toBeLessThanOrEqual(5 + (5 * (times[to]! - first)) / 1000 + 1e-6);
        }
      }
    }),
    runs(300),
  );
});
