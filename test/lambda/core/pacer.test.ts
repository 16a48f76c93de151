import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createPacer } from '../../../lambda/core/pacer.ts';
import { createVirtualClock } from '../../../simulation/planning/virtual-clock.ts';

const NEVER = Number.POSITIVE_INFINITY;

test('calls follow each other at the rate', async () => {
  const clock = createVirtualClock(1000);
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  const times: number[] = [];
  for (let call = 0; call < 4; call++) {
    await pacer.admit(NEVER);
    times.push(clock.now());
  }
  expect(times).toEqual([1000, 1200, 1400, 1600]);
});

test('whatever the pauses between them, no window of time sees more calls than its length allows and one burst', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 2000 }), { minLength: 2, maxLength: 60 }),
      fc.integer({ min: 0, max: 2000 }),
      fc.integer({ min: 1, max: 20 }),
      async (pauses, savingInMilliseconds, callsPerSecond) => {
        const clock = createVirtualClock();
        const pacer = createPacer({ callsPerSecond, savingInMilliseconds }, clock);
        const burst = Math.max(1, (savingInMilliseconds / 1000) * callsPerSecond);
        const times: number[] = [];
        for (const pause of pauses) {
          await clock.sleep(pause);
          await pacer.admit(NEVER);
          times.push(clock.now());
        }
        for (let from = 0; from < times.length; from++) {
          for (let to = from; to < times.length; to++) {
            const seconds = (times[to]! - times[from]!) / 1000;
            expect(to - from + 1).toBeLessThanOrEqual(burst + callsPerSecond * seconds + 1e-6);
          }
        }
      },
    ),
    { numRuns: 200 },
  );
});

test('a new environment has no turns saved', async () => {
  const clock = createVirtualClock(1000);
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  await pacer.admit(NEVER);
  expect(await pacer.admit(1000)).toBe(false);
});

test('what a pause of a second left over is used at once after it, and no more than that', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  await clock.sleep(60_000);
  const times: number[] = [];
  for (let call = 0; call < 7; call++) {
    await pacer.admit(NEVER);
    times.push(clock.now() - 60_000);
  }
  expect(times).toEqual([0, 0, 0, 0, 0, 200, 400]);
});

test('who has a turn does not sleep, not even for no time', async () => {
  const clock = createVirtualClock();
  const sleeps: number[] = [];
  const sleep = (milliseconds: number) => {
    sleeps.push(milliseconds);
    return clock.sleep(milliseconds);
  };
  const pacer = createPacer({ callsPerSecond: 5 }, { ...clock, sleep });
  await pacer.admit(NEVER);
  await clock.sleep(900);
  await pacer.admit(NEVER);
  expect(sleeps).toEqual([]);
});

test('a call that is let through costs no turn besides its own', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  for (let call = 0; call < 3; call++) {
    await pacer.admit(NEVER);
    pacer.answered(false);
  }
  expect(clock.now()).toBe(400);
});

test('who cannot have a turn before the deadline is told so at once, and takes none', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  expect(await pacer.admit(500)).toBe(true);
  expect(await pacer.admit(500)).toBe(false);
  expect(clock.now()).toBe(0);
  expect(await pacer.admit(1000)).toBe(true);
  expect(clock.now()).toBe(1000);
});

test('who waits has a turn in the order of asking', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  const turns: [name: string, at: number][] = [];
  const ask = async (name: string) => {
    await pacer.admit(NEVER);
    turns.push([name, clock.now()]);
  };
  await Promise.all(['a', 'b', 'c'].map(ask));
  expect(turns).toEqual([
    ['a', 0],
    ['b', 200],
    ['c', 400],
  ]);
});

test('who has a smaller place has the next turn, though it asked while another waited for that', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 5 }, clock);
  await pacer.admit(NEVER);
  const turns: [name: string, at: number][] = [];
  const ask = async (name: string, place: number) => {
    await pacer.admit(NEVER, place);
    turns.push([name, clock.now()]);
  };
  const first = [ask('c', 9), ask('d', 9)];
  await clock.sleep(150);
  await Promise.all([...first, ask('b', 2), ask('a', 1)]);
  expect(turns).toEqual([
    ['a', 200],
    ['b', 400],
    ['c', 600],
    ['d', 800],
  ]);
});

test('whoever is overtaken beyond its deadline takes no turn, and is told so', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  await pacer.admit(NEVER);
  const answers = await Promise.all([pacer.admit(1500, 2), pacer.admit(NEVER, 1), pacer.admit(NEVER, 2)]);
  expect(answers).toEqual([false, true, true]);
  expect(clock.now()).toBe(2000);
});

test('whatever the places, as many have their turns at the same times, and nobody before a smaller place', async () => {
  const asks = fc.array(fc.record({ pause: fc.integer({ min: 0, max: 500 }), place: fc.integer({ min: 0, max: 3 }) }), {
    maxLength: 40,
  });
  const run = async (list: readonly { readonly pause: number; readonly place: number }[], usesPlaces: boolean) => {
    const clock = createVirtualClock();
    const pacer = createPacer({ callsPerSecond: 5 }, clock);
    const waiting: number[] = [];
    const times: number[] = [];
    const asked: Promise<void>[] = [];
    for (const { pause, place } of list) {
      await clock.sleep(pause);
      waiting.push(place);
      asked.push(
        pacer.admit(NEVER, usesPlaces ? place : 0).then(() => {
          times.push(clock.now());
          if (usesPlaces) expect(place).toBe(Math.min(...waiting));
          waiting.splice(waiting.indexOf(place), 1);
        }),
      );
    }
    await Promise.all(asked);
    expect(pacer.untilFree()).toBeUndefined();
    return times;
  };
  await fc.assert(
    fc.asyncProperty(asks, async (list) => {
      expect(await run(list, true)).toEqual(await run(list, false));
    }),
    { numRuns: 200 },
  );
});

test('who is told that there is no turn in time holds up nobody', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  const answers = await Promise.all([NEVER, NEVER, 1500, NEVER].map((deadline) => pacer.admit(deadline)));
  expect(answers).toEqual([true, true, false, true]);
  expect(clock.now()).toBe(2000);
});

test('who asks behind others is told at once whether its turn comes in time', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  const [, ...waiting] = [0, 1, 2].map(() => pacer.admit(NEVER));
  expect(await pacer.admit(2999)).toBe(false);
  expect(clock.now()).toBe(0);
  expect(await Promise.all([...waiting, pacer.admit(3000)])).toEqual([true, true, true]);
  expect(clock.now()).toBe(3000);
});

test('who has the smallest place has the turn that another waits for, if that is in time', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  await pacer.admit(NEVER);
  const other = pacer.admit(NEVER, 5);
  expect(await pacer.admit(999, 1)).toBe(false);
  expect(clock.now()).toBe(0);
  expect(await pacer.admit(1000, 1)).toBe(true);
  expect(clock.now()).toBe(1000);
  expect(await other).toBe(true);
  expect(clock.now()).toBe(2000);
});

test('when everybody who waited was turned away, the pacer is free at once, and no turn is lost', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  await pacer.admit(NEVER);
  expect(pacer.untilFree()).toBeUndefined();
  const [first, second] = [pacer.admit(NEVER), pacer.admit(2000)];
  pacer.answered(true);
  expect([await first, await second]).toEqual([true, false]);
  await pacer.untilFree();
  expect(clock.now()).toBe(1000);
  expect(pacer.untilFree()).toBeUndefined();
  expect(await pacer.admit(2999)).toBe(false);
  expect(await pacer.admit(3000)).toBe(true);
});

test('who waits and is put off beyond the deadline by a throttled call takes no turn', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  await pacer.admit(NEVER);
  const [first, second, third] = [pacer.admit(NEVER), pacer.admit(2500), pacer.admit(NEVER)];
  pacer.answered(true);
  expect(await first).toBe(true);
  expect(await second).toBe(false);
  expect(await third).toBe(true);
  expect(clock.now()).toBe(3000);
});

test('who waits when the throttling has ended waits no longer than the rate asks for by then', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 10 }, clock);
  for (let call = 0; call < 100; call++) {
    await pacer.admit(NEVER);
    pacer.answered(true);
  }
  const began = clock.now();
  const calls = Array.from({ length: 100 }, async () => {
    await pacer.admit(NEVER);
    pacer.answered(false);
  });
  await Promise.all(calls);
  // At the slowest rate it would be 200 seconds.
  expect(clock.now() - began).toBeLessThan(30_000);
});

test('a throttled call costs a turn, and the saved ones', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 10 }, clock);
  await clock.sleep(5000);
  await pacer.admit(NEVER);
  pacer.answered(true);
  await pacer.admit(NEVER);
  expect(clock.now()).toBe(5100);
});

test('when most calls are throttled, they become fewer, and never end', async () => {
  const clock = createVirtualClock();
  const pacer = createPacer({ callsPerSecond: 10 }, clock);
  for (let call = 0; call < 100; call++) {
    await pacer.admit(NEVER);
    pacer.answered(true);
  }
  const before = clock.now();
  await pacer.admit(NEVER);
  await pacer.admit(NEVER);
  expect(clock.now() - before).toBeGreaterThan(2000);
  expect(clock.now() - before).toBeLessThanOrEqual(6000);
});

/** A clock on a machine that stands still during the first wait, for so long. */
function clockThatStandsStill(milliseconds: number) {
  const clock = createVirtualClock();
  let hasStoodStill = false;
  return {
    ...clock,
    sleep: async (wait: number) => {
      await clock.sleep(wait + (hasStoodStill ? 0 : milliseconds));
      hasStoodStill = true;
    },
  };
}

test.each([
  { callsPerSecond: 0.5, late: [10_000, 12_000, 14_000, 16_000] },
  // Here a second of turns is saved, of which the first call takes one.
  { callsPerSecond: 4, late: [8_250, 8_250, 8_250, 8_250, 8_500] },
])(
  'a machine that stood still while it waited has saved no more turns than one that was idle: $callsPerSecond a second',
  async ({ callsPerSecond, late }) => {
    const clock = clockThatStandsStill(8_000);
    const pacer = createPacer({ callsPerSecond }, clock);
    await pacer.admit(NEVER);
    const times: number[] = [];
    for (const _ of late) {
      await pacer.admit(NEVER);
      times.push(clock.now());
    }
    expect(times).toEqual(late);
  },
);

test('who has a turn already when the machine goes on does not sleep for it', async () => {
  const clock = clockThatStandsStill(8_000);
  const sleeps: number[] = [];
  const sleep = (milliseconds: number) => {
    sleeps.push(milliseconds);
    return clock.sleep(milliseconds);
  };
  const pacer = createPacer({ callsPerSecond: 4 }, { ...clock, sleep });
  await Promise.all([1, 2, 3, 4, 5, 6].map(() => pacer.admit(NEVER)));
  // The second waits for its turn; the machine stands still, and the next three have theirs at once.
  expect(sleeps).toEqual([250, 250]);
});

test('who has stood still beyond its deadline is told so, and begins no call', async () => {
  const pacer = createPacer({ callsPerSecond: 4 }, clockThatStandsStill(8_000));
  await pacer.admit(NEVER);
  const [inTime, late] = [pacer.admit(60_000), pacer.admit(5_000, -1)];
  expect(await late).toBe(false);
  expect(await inTime).toBe(true);
});

test('a turn that nobody is left to take when the machine goes on has no taker, and the pacer is free', async () => {
  const clock = clockThatStandsStill(8_000);
  const pacer = createPacer({ callsPerSecond: 1 }, clock);
  await pacer.admit(NEVER);
  const late = pacer.admit(5_000);
  await Promise.all([late, pacer.untilFree()]);
  expect(await late).toBe(false);
  expect(pacer.untilFree()).toBeUndefined();
  expect(await pacer.admit(NEVER)).toBe(true);
});

test('nobody waits any more once everybody has had a turn, also if the turn comes while it is asked for', async () => {
  let now = 0;
  // Time passes while the pacer works: from one look at the clock to the next a turn may come.
  const clock = {
    now: () => {
      now += 0.001;
      return now;
    },
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  for (let askedAt = 99.98; askedAt < 100.02; askedAt += 0.001) {
    now = 0;
    const pacer = createPacer({ callsPerSecond: 10 }, clock);
    await pacer.admit(NEVER);
    now = askedAt;
    expect(await pacer.admit(NEVER)).toBe(true);
    expect(pacer.untilFree()).toBeUndefined();
  }
});
