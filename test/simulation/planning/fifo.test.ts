import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readArguments } from '../../../simulation/planning/arguments.ts';
import { backlogOf, constant } from '../../../simulation/planning/arrivals.ts';
import { type ScenarioOptions, scenario } from '../../../simulation/planning/scenario.ts';
import { simulate } from '../../../simulation/planning/simulate.ts';

const run = ({ sizing, ...options }: ScenarioOptions) =>
  simulate(scenario({ ...options, sizing: { fifo: true, ...sizing } }));

test('a backlog in a FIFO queue is emptied as fast as the quota lets it, in full calls', async () => {
  const { shareOfQuota, calls, receives } = await run({ arrivals: backlogOf(20_000) });
  expect(shareOfQuota).toBeGreaterThan(0.98);
  expect(calls.users / calls.all).toBeGreaterThan(9.9);
  expect(receives.length - 1).toBe(1);
});

test('and so is one of a larger quota, with the environments that follow from it', async () => {
  const { shareOfQuota } = await run({
    arrivals: backlogOf(20_000),
    quota: { requestsPerSecond: 40, burst: 40 },
    latencyInMilliseconds: { mean: 100, jitter: 30 },
    sizing: { requestsPerSecond: 40 },
  });
  expect(shareOfQuota).toBeGreaterThan(0.98);
});

test.each([20, 50, 80])('%s users a second are in the dataset within a second', async (rate) => {
  const { users, age } = await run({ arrivals: constant(rate, 120) });
  expect(users.delivered).toBe(users.arrived);
  expect(age!.p99).toBeLessThan(1);
});

test('whatever fails, no older record of a hot user is delivered after a newer one, and each is accounted for', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        arrivals: fc.oneof(
          fc.integer({ min: 1, max: 2000 }).map(backlogOf),
          fc.integer({ min: 1, max: 100 }).map((rate) => constant(rate, 20)),
        ),
        hotUsers: fc.record({ share: fc.constantFrom(0.1, 0.5, 1), users: fc.integer({ min: 1, max: 20 }) }),
        badUsers: fc.constantFrom(0, 0.02),
        faults: fc.record({
          throttling: fc.constantFrom(0, 0.1),
          serverError: fc.constantFrom(0, 0.1),
          dropped: fc.constantFrom(0, 0.05),
        }),
        pollers: fc.constantFrom(2, 5),
        seed: fc.integer({ min: 1, max: 1000 }),
      }),
      async (options) => {
        const { users, receives, messages } = await run(options);
        expect(users.undone).toBe(0);
        expect(users.superseded).toBeGreaterThanOrEqual(0);
        expect(receives.reduce((sum, count) => sum + (count ?? 0), 0)).toBe(messages);
      },
    ),
    { numRuns: 30 },
  );
}, 60_000);

test('on a standard queue it is, and not with the order guard', async () => {
  const options: ScenarioOptions = {
    arrivals: constant(60, 60),
    hotUsers: { share: 0.5, users: 5 },
    faults: { serverError: 0.2 },
    sizing: { fifo: false },
  };
  expect((await run(options)).users.undone).toBeGreaterThan(0);
  expect((await run({ ...options, orderGuard: true })).users.undone).toBe(0);
});

test('npm run simulate takes fifo, hot users and a slow table', async () => {
  const { options } = await readArguments([
    ...['node', 'plan.ts', '-c', 'fifo=true', '--hot-users', '20%/5', '--table-latency', '500'],
  ]);
  expect(options).toMatchObject({
    sizing: { fifo: true },
    hotUsers: { share: 0.2, users: 5 },
    tableMilliseconds: 500,
  });
  expect(scenario(options).sizing).toMatchObject({ fifo: true, batchSize: 10, batchingWindowInSeconds: 0 });
});
