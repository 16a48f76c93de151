/** The prices, each by a run whose quantities are known. */
import { expect, test } from '@jest/globals';
import { backlogOf } from '../../../simulation/planning/arrivals.ts';
import { costOf } from '../../../simulation/planning/cost.ts';
import { type ScenarioOptions, scenario } from '../../../simulation/planning/scenario.ts';
import { type SimulationResult, simulate } from '../../../simulation/planning/simulate.ts';

const run = (options: ScenarioOptions) => simulate(scenario(options));

/** What a million of a quantity costs, with nothing else in the bill. */
const NOTHING = {
  messages: 0,
  calls: { users: 0 },
  tableWrites: 0,
  sqs: { receives: 0, deletes: 0, visibilityChanges: 0, deadLetterSends: 0 },
  lambda: { invocations: 0, billedMilliseconds: 0 },
};
const priceOf = (quantities: object) => costOf({ ...NOTHING, ...quantities } as SimulationResult, 1024).dollars;
const MILLION = 1_000_000;

test.each([
  ['messages are sent ten a request, at $0.40 a million requests', { messages: 10 * MILLION }, 0.4],
  ['receives', { sqs: { ...NOTHING.sqs, receives: MILLION } }, 0.4],
  ['deletes', { sqs: { ...NOTHING.sqs, deletes: MILLION } }, 0.4],
  ['changes of visibility', { sqs: { ...NOTHING.sqs, visibilityChanges: MILLION } }, 0.4],
  ['dead letters', { sqs: { ...NOTHING.sqs, deadLetterSends: MILLION } }, 0.4],
  [
    'invocations, with 1.054 GB of logs',
    { lambda: { invocations: MILLION, billedMilliseconds: 0 } },
    0.2 + 1.054 * 0.5,
  ],
  ['a million GB-seconds', { lambda: { invocations: 0, billedMilliseconds: 1000 * MILLION } }, 13.3334],
  ['what PutUsers is sent: 0.12 GB a million users', { calls: { users: MILLION } }, 0.12 * 0.05],
  ['writes to the table of versions', { tableWrites: MILLION }, 0.625],
])('%s', (_, quantities, dollars) => {
  expect(priceOf(quantities)).toBeCloseTo(dollars, 6);
});

test('batches that keep live users from waiting cost at most 5% more than large ones', async () => {
  const perMillion = async (options: ScenarioOptions) =>
    costOf(await run({ arrivals: backlogOf(20_000), ...options }), 512).dollars * 50;
  const [small, large] = [await perMillion({}), await perMillion({ sizing: { batchSize: 500 } })];
  expect(scenario({ arrivals: backlogOf(1) }).sizing.batchSize).toBe(50);
  expect(small / large - 1).toBeLessThan(0.05);
});

test('the order guard takes two writes a user, and no more than a tenth of the quota on a backlog', async () => {
  const options: ScenarioOptions = { arrivals: backlogOf(10_000) };
  const [without, guarded] = [await run(options), await run({ ...options, orderGuard: true })];
  expect(without.tableWrites).toBe(0);
  expect(guarded.tableWrites).toBe(20_000);
  expect(guarded.shareOfQuota).toBeGreaterThan(0.9 * without.shareOfQuota);
  const perMillion = (result: SimulationResult) => costOf(result, 512).dollars * 100;
  expect(perMillion(guarded) - perMillion(without)).toBeCloseTo(1.25, 1);
});

test('and no more of it with hot users, in a FIFO queue, or with a table that takes 200 ms', async () => {
  for (const options of [
    { hotUsers: { share: 0.2, users: 5 } },
    { sizing: { fifo: true } },
    { tableMilliseconds: 200 },
  ] satisfies ScenarioOptions[]) {
    const [without, guarded] = [
      await run({ arrivals: backlogOf(10_000), ...options }),
      await run({ arrivals: backlogOf(10_000), ...options, orderGuard: true }),
    ];
    expect(guarded.shareOfQuota).toBeGreaterThan(0.9 * without.shareOfQuota);
  }
});
