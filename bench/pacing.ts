/** What the pipeline does with the quota: with a backlog, with others at the same quota, and without a backlog. */

import { backlogOf, constant } from '../simulation/planning/arrivals.ts';
import { type ScenarioOptions, scenario } from '../simulation/planning/scenario.ts';
import { type SimulationResult, simulate } from '../simulation/planning/simulate.ts';
import type { Benchmark, Figure, Figures } from './figure.ts';

/** A figure of a run that has a goal. */
export interface Goal {
  readonly name: string;
  /** What it says, for a table. */
  readonly title: string;
  readonly options: ScenarioOptions;
  readonly figureOf: (result: SimulationResult) => Figure;
  /** What it should be: no less where higher is better, and else no more. */
  readonly goal: number;
}

const BACKLOG: ScenarioOptions = { arrivals: backlogOf(100_000) };
const BAD_USERS: ScenarioOptions = { ...BACKLOG, badUsers: 0.01 };
const OTHER_WRITER: ScenarioOptions = { ...BACKLOG, otherCallsPerSecond: 5 };
const STEADY: ScenarioOptions = { arrivals: constant(80, 3600) };
/** Every call is throttled for 98 s. The samples after it are what counts. */
const OUTAGE = { from: 60, until: 158 };
const AFTER_OUTAGE_IN_SECONDS = 300;
const THROTTLED: ScenarioOptions = { arrivals: backlogOf(60_000), outage: OUTAGE, sampleEverySeconds: 10 };
const SINGLE: ScenarioOptions = { arrivals: backlogOf(1), coldStartMilliseconds: 0 };

const shareOfQuota = ({ shareOfQuota: share }: SimulationResult): Figure => exact(100 * share, '%', 'higher');
const throttled = ({ calls }: SimulationResult): Figure => exact((100 * calls.throttled) / calls.all, '%', 'lower');
const usersPerSecond = ({ users, callingSeconds }: SimulationResult): Figure =>
  exact(users.delivered / callingSeconds, 'users/s', 'higher');

export const GOALS: readonly Goal[] = [
  {
    name: 'backlog.shareOfQuota',
    title: 'backlog of 100,000 users: share of the quota used',
    options: BACKLOG,
    figureOf: shareOfQuota,
    goal: 97,
  },
  { name: 'backlog.throttled', title: '… calls throttled', options: BACKLOG, figureOf: throttled, goal: 0.5 },
  {
    name: 'backlog.mostReceives',
    title: '… most receives of a message',
    options: BACKLOG,
    figureOf: ({ receives }) => exact(receives.length - 1, 'receives', 'lower'),
    goal: 2,
  },
  {
    name: 'badUsers.shareOfQuota',
    title: '… with 1% of the users refused: share of the quota used',
    options: BAD_USERS,
    figureOf: shareOfQuota,
    goal: 90,
  },
  {
    name: 'badUsers.usersPerSecond',
    title: '… … users delivered in a second',
    options: BAD_USERS,
    figureOf: usersPerSecond,
    goal: 65,
  },
  {
    name: 'otherWriter.shareOfQuota',
    title: '… with another writer taking half: share used of what it leaves',
    options: OTHER_WRITER,
    figureOf: shareOfQuota,
    goal: 90,
  },
  { name: 'otherWriter.throttled', title: '… … calls throttled', options: OTHER_WRITER, figureOf: throttled, goal: 5 },
  {
    name: 'afterOutage.usersPerSecond',
    title: 'after 98 s in which every call was throttled: users delivered in a second, in the first five minutes',
    options: THROTTLED,
    figureOf: ({ samples }) => {
      const after = samples.filter(({ at }) => at > OUTAGE.until && at <= OUTAGE.until + AFTER_OUTAGE_IN_SECONDS);
      return exact(after.reduce((sum, each) => sum + each.usersPerSecond, 0) / after.length, 'users/s', 'higher');
    },
    goal: 85,
  },
  {
    name: 'steady.age99',
    title: '80 users a second for an hour: 99th percentile of age at delivery',
    options: STEADY,
    figureOf: ({ age }) => exact(age!.p99, 's', 'lower'),
    goal: 3,
  },
  {
    name: 'single.age',
    title: 'one message into a warm, idle pipeline: age at delivery',
    options: SINGLE,
    figureOf: ({ age }) => exact(age!.most, 's', 'lower'),
    goal: 1.1,
  },
];

export const pacing: Benchmark = {
  name: 'pacing',
  title: 'The quota: a token bucket of 10 calls a second, 10 at once, 60 ± 20 ms a call, on the virtual clock',
  run: async () => {
    const results = new Map<ScenarioOptions, SimulationResult>();
    const figures: Record<string, Figure> = {};
    for (const { name, options, figureOf } of GOALS) {
      const result = results.get(options) ?? (await simulate(scenario(options)));
      results.set(options, result);
      figures[name] = figureOf(result);
    }
    return figures satisfies Figures;
  },
};

function exact(value: number, unit: string, better: Figure['better']): Figure {
  return { value: Math.round(value * 1000) / 1000, unit, better, kind: 'exact' };
}
