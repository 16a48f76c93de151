/** What live users wait for while others are loaded in bulk, and what becomes of the quota. */
import { backlogOf, constant } from '../simulation/planning/arrivals.ts';
import { type ScenarioOptions, scenario } from '../simulation/planning/scenario.ts';
import { simulate } from '../simulation/planning/simulate.ts';
import type { Source } from '../simulation/planning/sources.ts';
import type { Benchmark, Figure } from './figure.ts';
import { CONTENDERS, type Contender } from './throughput.ts';

/** Users that are loaded, and those that sign up in a second meanwhile. */
const LOADED = 60_000;
const LIVE_PER_SECOND = 20;
/** So long users sign up, in seconds: for as long as the load takes at the quota, if it is used for nothing else. */
const LIVE_FOR = LOADED / 100;

const live: Source = { name: 'live', arrivals: constant(LIVE_PER_SECOND, LIVE_FOR), isGrouped: false };
const load = (name: string, users: number, isGrouped: boolean): Source => ({
  name,
  arrivals: backlogOf(users),
  isGrouped,
});

/** Who is at it. Those that are too slow for the load would take hours of it, and everybody waits for all of those. */
export interface FairContender {
  readonly name: string;
  readonly title: string;
  readonly contender: Contender;
  /** Whether the load has a source of its own. */
  readonly isGrouped: boolean;
}

const [PIPELINE, WITH_SCHEMA] = CONTENDERS as [Contender, Contender, ...Contender[]];

export const FAIR_CONTENDERS: readonly FairContender[] = [
  { name: 'pipeline', title: 'This project', contender: PIPELINE, isGrouped: true },
  { name: 'pipelineWithSchema', title: '… that knows the schema', contender: WITH_SCHEMA, isGrouped: true },
  { name: 'withoutSources', title: '… without sources', contender: PIPELINE, isGrouped: false },
  ...CONTENDERS.filter(({ name }) => !name.startsWith('pipeline')).map((contender) => ({
    name: contender.name,
    title: contender.title,
    contender,
    isGrouped: false,
  })),
];

export interface FairCondition {
  readonly name: string;
  readonly title: string;
  readonly options: ScenarioOptions;
  readonly loads: number;
}

export const FAIR_CONDITIONS: readonly FairCondition[] = [
  { name: 'one', title: 'one load', options: {}, loads: 1 },
  { name: 'badUsers', title: '1% of the users refused', options: { badUsers: 0.01 }, loads: 1 },
  { name: 'two', title: 'two loads at once', options: {}, loads: 2 },
  { name: 'fivePollers', title: 'five pollers that hold batches', options: { pollers: 5 }, loads: 1 },
];

export const fairness: Benchmark = {
  name: 'fairness',
  title: `${LOADED.toLocaleString('en')} users loaded while ${LIVE_PER_SECOND} a second sign up, through the simulated service`,
  run: async () => {
    const figures: Record<string, Figure> = {};
    for (const condition of FAIR_CONDITIONS) {
      for (const { name: contenderName, contender, isGrouped } of FAIR_CONTENDERS) {
        const loads = Array.from({ length: condition.loads }, (_, index) =>
          load(`load-${index + 1}`, LOADED / condition.loads, isGrouped),
        );
        const result = await simulate(
          scenario({
            ...condition.options,
            sources: [...loads, live],
            function: contender.function,
            sizing: contender.sizing,
          }),
        );
        const { age } = result.sources.find(({ name }) => name === live.name)!;
        const name = (figure: string) => `${condition.name}.${contenderName}.${figure}`;
        figures[name('median')] = exact(age?.median ?? 0, 's', 'lower');
        figures[name('p99')] = exact(age?.p99 ?? 0, 's', 'lower');
        figures[name('shareOfQuota')] = exact(100 * result.shareOfQuota, '%', 'higher');
        figures[name('usersPerSecond')] = exact(result.users.delivered / result.callingSeconds, 'users/s', 'higher');
      }
    }
    return figures;
  },
};

function exact(value: number, unit: string, better: Figure['better']): Figure {
  return { value: Math.round(value * 100) / 100, unit, better, kind: 'exact' };
}
