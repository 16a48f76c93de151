/** The alarms over days of the simulation, which runs the function's own core. */
import { expect, jest, test } from '@jest/globals';
import { bursts, constant, diurnal } from '../../../simulation/planning/arrivals.ts';
import type { Sample } from '../../../simulation/planning/observations.ts';
import { type ScenarioOptions, scenario } from '../../../simulation/planning/scenario.ts';
import { simulate } from '../../../simulation/planning/simulate.ts';
import { stackTemplate } from '../support.ts';
import { alarmsOfTemplate, firesAt, type SeriesByName } from './evaluate-alarm.ts';

/** A hundred thousand users each. */
jest.setTimeout(120_000);

const DAY = 24 * 3600;
const alarms = alarmsOfTemplate(stackTemplate());

/** What CloudWatch would have of a run, minute by minute. */
function metricsOf(samples: readonly Sample[]): SeriesByName {
  const seriesOf = (figureOf: (sample: Sample) => number) => samples.map(figureOf);
  return {
    UsersDelivered: seriesOf(({ usersPerSecond }) => usersPerSecond * 60),
    PutUsersCalls: seriesOf(({ callsPerSecond }) => callsPerSecond * 60),
    ThrottledCalls: seriesOf(({ throttledCalls }) => throttledCalls),
    OldestMessageAge: samples.map(({ oldestTaken }) => oldestTaken && oldestTaken * 1000),
    UsersRejected: seriesOf(() => 0),
    Errors: seriesOf(() => 0),
    InternalErrors: seriesOf(() => 0),
    'UsersQueue.ApproximateNumberOfMessagesVisible': seriesOf(({ visibleMessages }) => visibleMessages),
    'UsersQueue.ApproximateNumberOfMessagesNotVisible': seriesOf(({ hiddenMessages }) => hiddenMessages),
    'UsersQueue.ApproximateAgeOfOldestMessage': seriesOf(({ oldestAge }) => oldestAge),
    'UsersQueue.ApproximateNumberOfNoisyGroups': samples.map(() => undefined),
    'UsersQueue.ApproximateAgeOfOldestMessageInQuietGroups': samples.map(() => undefined),
    'DeadLetterQueue.ApproximateNumberOfMessagesVisible': seriesOf(() => 0),
  };
}

async function firingIn(options: ScenarioOptions): Promise<readonly string[]> {
  const { samples } = await simulate(scenario({ ...options, sampleEverySeconds: 60 }));
  const series = metricsOf(samples);
  return [...alarms].filter(([, alarm]) => firesAt(alarm, series).length > 0).map(([name]) => name);
}

test.each<[string, ScenarioOptions]>([
  ['a day and a night', { arrivals: diurnal(0.3, DAY) }],
  ['an hour of packed messages near the limit', { arrivals: constant(80, 3600), usersPerMessage: 20 }],
  ['a burst that takes a quarter of an hour', { arrivals: bursts(1, { users: 90_000, everySeconds: 3600 }, 3600) }],
  ['the usual errors', { arrivals: constant(20, 1800), faults: { throttling: 0.01, serverError: 0.01 } }],
])('no alarm fires over %s', async (_, options) => {
  expect(await firingIn(options)).toEqual([]);
});

test('another writer who takes most of the quota is told of', async () => {
  expect(await firingIn({ arrivals: constant(60, 3600), otherCallsPerSecond: 8, usersPerMessage: 5 })).toContain(
    'Throttling',
  );
});
