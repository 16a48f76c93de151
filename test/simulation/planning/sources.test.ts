import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../../local/random.ts';
import { backlogOf, constant } from '../../../simulation/planning/arrivals.ts';
import { drawCharts } from '../../../simulation/planning/charts.ts';
import { type ScenarioOptions, scenario } from '../../../simulation/planning/scenario.ts';
import { type SimulationResult, simulate } from '../../../simulation/planning/simulate.ts';
import { messageArrivals, type Source } from '../../../simulation/planning/sources.ts';

const run = (options: ScenarioOptions) => simulate(scenario(options));
const load: Source = { name: 'load', arrivals: backlogOf(4_000), isGrouped: true };
const live: Source = { name: 'live', arrivals: constant(20, 40), isGrouped: false };
const ageOf = ({ sources }: SimulationResult, name: string) => sources.find((source) => source.name === name)!.age!;

describe('beside a backlog, live users', () => {
  test('wait for seconds if the backlog has a source of its own', async () => {
    const result = await run({ sources: [load, live] });
    expect(ageOf(result, 'live').p99).toBeLessThan(3);
    expect(ageOf(result, 'load').p99).toBeGreaterThan(35);
    expect(result.users.delivered).toBe(result.users.arrived);
  });

  test('wait for seconds if both have sources', async () => {
    const result = await run({ sources: [load, { ...live, isGrouped: true }] });
    expect(ageOf(result, 'live').p99).toBeLessThan(3);
  });

  test('wait for all of it if nobody says where messages come from', async () => {
    const result = await run({ sources: [{ ...load, isGrouped: false }, live] });
    expect(ageOf(result, 'live').median).toBeGreaterThan(15);
  });

  test('are no reason for the quota not to be filled', async () => {
    const { shareOfQuota, calls } = await run({ sources: [load, live] });
    expect(shareOfQuota).toBeGreaterThan(0.95);
    expect(calls.throttled).toBe(0);
  });
});

describe('with the sizes by default, 99% of live users wait for 3 s at most and the quota is used', () => {
  const large: Source = { ...load, arrivals: backlogOf(12_000) };
  const half = (name: string): Source => ({ name, arrivals: backlogOf(6_000), isGrouped: true });
  const signUps: Source = { ...live, arrivals: constant(20, 120) };
  const manyCalls = { quota: { requestsPerSecond: 100, burst: 100 }, sizing: { requestsPerSecond: 100 } };

  test.each<[string, ScenarioOptions]>([
    ['one load', { sources: [large, signUps] }],
    ['a load and 1% bad users', { sources: [large, signUps], badUsers: 0.01 }],
    ['two loads', { sources: [half('one'), half('other'), signUps] }],
    ['five pollers that hold batches', { sources: [large, signUps], pollers: 5 }],
    ['live users with a source of their own', { sources: [large, { ...signUps, isGrouped: true }] }],
    ['the order guard', { sources: [large, signUps], orderGuard: true }],
    [
      'a quota of 100 calls a second',
      {
        sources: [
          { ...large, arrivals: backlogOf(120_000) },
          { ...live, arrivals: constant(20, 120) },
        ],
        ...manyCalls,
      },
    ],
  ])('with %s', async (_, options) => {
    const result = await run(options);
    expect(ageOf(result, 'live').p99).toBeLessThan(3);
    expect(result.shareOfQuota).toBeGreaterThan(0.99);
    expect(result.calls.throttled / result.calls.all).toBeLessThan(0.005);
  });
});

test('of two backlogs neither waits for the other', async () => {
  const result = await run({ sources: [load, { ...load, name: 'other' }, live] });
  const [first, second] = [ageOf(result, 'load').median, ageOf(result, 'other').median];
  expect(Math.abs(first - second)).toBeLessThan(20);
  expect(ageOf(result, 'live').p99).toBeLessThan(4);
});

test('pollers that wait for an environment make messages wait with them', async () => {
  const [few, many] = [await run({ sources: [load, live] }), await run({ sources: [load, live], pollers: 5 })];
  expect(ageOf(many, 'live').median).toBeGreaterThan(2 * ageOf(few, 'live').median);
  expect(many.users.delivered).toBe(many.users.arrived);
});

test('a lone user waits for the window, at its longest as Lambda says, and not at all without one', async () => {
  const lone = { arrivals: backlogOf(1), coldStartMilliseconds: 0 };
  const age = async (options: ScenarioOptions) => (await run({ ...lone, ...options })).age!.most;
  expect(await age({})).toBeLessThan(1.1);
  expect(await age({ windowsTakeLongest: true })).toBeGreaterThan(20);
  const sizing = { batchSize: 10, batchingWindowInSeconds: 0 };
  expect(await age({ windowsTakeLongest: true, sizing })).toBeLessThan(0.2);
});

test('messages of all sources arrive in their order', () => {
  const arrivals = [...messageArrivals([load, live], 10, (source) => seededRandom(source))];
  expect(arrivals.map(({ at }) => at)).toEqual(arrivals.map(({ at }) => at).toSorted((a, b) => a - b));
  expect(arrivals.filter(({ source }) => source === 0)).toHaveLength(400);
});

test('with several sources there is a chart of their ages', async () => {
  const { samples } = await run({ sources: [{ ...load, arrivals: backlogOf(2_000) }, live] });
  const chart = drawCharts({ samples, sources: ['load', 'live'], quota: 100, command: '' }).find(
    ({ name }) => name === 'age-by-source',
  );
  expect(chart?.svg).toContain('>load<');
  expect(chart?.svg).toContain('>live<');
});

describe('npm run simulate -- --source', () => {
  const simulateWith = (...args: string[]) =>
    promisify(execFile)(process.execPath, ['simulation/plan.ts', ...args]).catch((error: { stderr: string }) => error);

  test('prints ages by source', async () => {
    const args = ['--source', 'load:backlog=2000', '--source', 'live:rate=20,ungrouped', '--for', '20s'];
    const { stdout } = (await simulateWith(...args)) as { stdout: string };
    expect(stdout).toMatch(/load +│ +2,000/);
    expect(stdout).toMatch(/live +│ .*no message group/);
  });

  test.each([
    [['load'], 'It takes NAME:backlog=USERS'],
    [['load:backlog=x'], 'takes'],
    [['load:ungrouped'], 'It takes NAME:backlog=USERS'],
    [['lo ad:backlog=1'], 'It takes NAME:backlog=USERS'],
  ])('refuses %j', async (sources, sentence) => {
    const { stderr } = await simulateWith(...sources.flatMap((source) => ['--source', source]));
    expect(stderr).toContain(sentence);
  });

  test('refuses two of a name, and a demand besides', async () => {
    const twice = ['--source', 'a:backlog=1', '--source', 'a:backlog=2'];
    expect((await simulateWith(...twice)).stderr).toContain('two of the name a');
    expect((await simulateWith('--source', 'a:backlog=1', '--rate', '5')).stderr).toContain('cannot be used with');
  });
});
