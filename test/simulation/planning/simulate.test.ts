import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { oneUserPerCall } from '../../../bench/alternatives/one-user-per-call.ts';
import { backlogOf, bursts, constant } from '../../../simulation/planning/arrivals.ts';
import { drawCharts } from '../../../simulation/planning/charts.ts';
import { costOf } from '../../../simulation/planning/cost.ts';
import { type ScenarioOptions, scenario } from '../../../simulation/planning/scenario.ts';
import { simulate } from '../../../simulation/planning/simulate.ts';

const run = (options: ScenarioOptions) => simulate(scenario(options));
const messagesOf = (receives: readonly number[]) => receives.reduce((sum, count) => sum + (count ?? 0), 0);

test('whatever the demand and the faults, every user is delivered or dead-lettered, and every message leaves', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        arrivals: fc.oneof(
          fc.integer({ min: 1, max: 3000 }).map(backlogOf),
          fc.integer({ min: 1, max: 120 }).map((rate) => constant(rate, 20)),
          fc.integer({ min: 1, max: 500 }).map((users) => bursts(1, { users, everySeconds: 10 }, 30)),
        ),
        usersPerMessage: fc.constantFrom(1, 3, 25),
        badUsers: fc.constantFrom(0, 0.01, 0.05),
        otherCallsPerSecond: fc.constantFrom(0, 5),
        faults: fc.record({
          throttling: fc.constantFrom(0, 0.05),
          serverError: fc.constantFrom(0, 0.05),
          slow: fc.constantFrom(0, 0.02),
          slowByInMilliseconds: fc.constant(8000),
        }),
        seed: fc.integer({ min: 1, max: 1000 }),
      }),
      async (options) => {
        const { users, receives, messages, goodUsersDeadLettered } = await run(options);
        expect(users.delivered + users.deadLettered).toBe(users.arrived);
        expect(messagesOf(receives)).toBe(messages);
        expect(goodUsersDeadLettered).toBe(0);
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);

test('the same seed gives the same run, and another gives another', async () => {
  const options = { arrivals: constant(50, 60), badUsers: 0.05, otherCallsPerSecond: 5 };
  const [first, again, other] = [
    await run({ ...options, seed: 7 }),
    await run({ ...options, seed: 7 }),
    await run({ ...options, seed: 8 }),
  ];
  expect(again).toEqual(first);
  expect(other.calls).not.toEqual(first.calls);
});

describe('the pipeline', () => {
  test('empties a backlog as fast as the quota lets it, in full calls, none of them throttled', async () => {
    const { seconds, calls, receives } = await run({ arrivals: backlogOf(5000) });
    expect(calls).toMatchObject({ all: 500, delivered: 500, throttled: 0, users: 5000 });
    expect(receives.length - 1).toBe(1);
    expect(seconds).toBeLessThan(52);
    // The burst of the quota itself is not to be had: a new environment has saved no turns.
    expect(seconds).toBeGreaterThan(48);
  });

  test('delivers a single message within the batching window and a call', async () => {
    const { age } = await run({ arrivals: backlogOf(1), coldStartMilliseconds: 0 });
    expect(age!.most).toBeLessThan(1.1);
  });

  test('leaves another writer its half, and uses the rest', async () => {
    const { shareOfQuota, calls } = await run({ arrivals: backlogOf(20_000), otherCallsPerSecond: 5 });
    expect(shareOfQuota).toBeGreaterThan(0.85);
    // More than in the long run: it begins with its whole share, and finds out.
    expect(calls.throttled / calls.all).toBeLessThan(0.08);
  });

  test('dead-letters the users that are refused and no others', async () => {
    const { users, goodUsersDeadLettered } = await run({ arrivals: backlogOf(2000), badUsers: 0.05 });
    expect(users.deadLettered).toBeGreaterThan(60);
    expect(goodUsersDeadLettered).toBe(0);
  });
});

test('one user a call gets a tenth of the quota at most', async () => {
  const { users, callingSeconds } = await run({
    function: oneUserPerCall,
    arrivals: backlogOf(500),
    sizing: { batchSize: 10, batchingWindowInSeconds: 0 },
  });
  expect(users.delivered).toBe(500);
  expect(users.delivered / callingSeconds).toBeLessThan(11);
});

test('an environment that outlasts its timeout is cut off, and its batch comes again', async () => {
  let batches = 0;
  const { lambda, users, receives } = await run({
    arrivals: backlogOf(10),
    function: ({ clock, ...surroundings }) => {
      return async (event, context) => {
        if (batches++ === 0) await clock.sleep(3_600_000);
        const deliver = oneUserPerCall({ clock, ...surroundings });
        return deliver(event, context);
      };
    },
    sizing: { batchSize: 10, batchingWindowInSeconds: 0 },
  });
  expect(users.delivered).toBe(10);
  expect(lambda.failedInvocations).toBeGreaterThan(0);
  expect(receives.length - 1).toBeGreaterThan(1);
});

test('a bill has a line for each service, and their sum', async () => {
  const result = await run({ arrivals: backlogOf(10_000) });
  const { lines, dollars } = costOf(result, 512);
  expect(dollars).toBeCloseTo(lines.reduce((sum, line) => sum + line.dollars, 0));
  // 1,000 requests to send, 1,000 to receive and 1,000 to delete at $0.40 a million.
  expect(lines.filter(({ item }) => item.startsWith('SQS')).reduce((sum, line) => sum + line.dollars, 0)).toBeCloseTo(
    (3000 * 0.4) / 1e6,
    4,
  );
});

test('the charts are SVG, one for each of backlog, age and rate', async () => {
  const { samples } = await run({ arrivals: constant(20, 60) });
  const charts = drawCharts({ samples, quota: 100, command: 'npm run simulate -- --rate 20' });
  expect(charts.map(({ name }) => name)).toEqual(['backlog', 'age', 'rate']);
  for (const { svg } of charts)
    expect(svg).toMatch(/^<svg [\s\S]*npm run simulate -- --rate 20[\s\S]*<path[\s\S]*<\/svg>\n$/);
});

test('the quota is filled even if the time that the function can measure stands still between its invocations', async () => {
  const { shareOfQuota, calls } = await run({ arrivals: backlogOf(20_000), clocksFreeze: true });
  expect(shareOfQuota).toBeGreaterThan(0.97);
  expect(calls.throttled).toBe(0);
});
