/** How much of the quota each way to fill a Users dataset makes use of, on the same backlog and the same simulated service. */
import type { SizingProps } from '../lib/sizing.ts';
import { backlogOf } from '../simulation/planning/arrivals.ts';
import { pipeline, pipelineWithSchema } from '../simulation/planning/pipeline.ts';
import { type ScenarioOptions, scenario } from '../simulation/planning/scenario.ts';
import { simulate } from '../simulation/planning/simulate.ts';
import type { SimulatedFunction } from '../simulation/planning/simulated-function.ts';
import { firstAttempt } from './alternatives/first-attempt.ts';
import { oneUserPerCall } from './alternatives/one-user-per-call.ts';
import { powertoolsBatch } from './alternatives/powertools-batch.ts';
import type { Benchmark, Figure } from './figure.ts';

export interface Contender {
  readonly name: string;
  readonly title: string;
  readonly function: SimulatedFunction;
  readonly sizing: SizingProps;
  /** @default without */
  readonly orderGuard?: boolean;
}

/** Batches of ten without a window: the event source mapping's own defaults. Source: Lambda developer guide. */
const MAPPING_DEFAULTS: SizingProps = { batchSize: 10, batchingWindowInSeconds: 0, timeoutInSeconds: 30 };

/** All with two environments at a time and ten receives, so that they differ only in what they do with a batch. */
export const CONTENDERS: readonly Contender[] = [
  { name: 'pipeline', title: 'This project', function: pipeline, sizing: {} },
  { name: 'pipelineWithSchema', title: '… that knows the schema', function: pipelineWithSchema, sizing: {} },
  {
    name: 'pipelineWithOrderGuard',
    title: '… with `orderGuard`',
    function: pipeline,
    sizing: {},
    orderGuard: true,
  },
  { name: 'oneUserPerCall', title: 'One user a call', function: oneUserPerCall, sizing: MAPPING_DEFAULTS },
  {
    name: 'powertoolsBatch',
    title: 'Powertools `BatchProcessor`',
    function: powertoolsBatch,
    sizing: MAPPING_DEFAULTS,
  },
  {
    name: 'firstAttempt',
    title: 'Groups of ten, whole batch retried',
    function: firstAttempt,
    sizing: { batchSize: 500, batchingWindowInSeconds: 1 },
  },
];

export interface Condition {
  readonly name: string;
  readonly title: string;
  readonly options: ScenarioOptions;
}

export const CONDITIONS: readonly Condition[] = [
  { name: 'clean', title: 'clean', options: {} },
  { name: 'badUsers', title: '1% of the users refused', options: { badUsers: 0.01 } },
  {
    name: 'uncertainUsers',
    title: '1% refused for an uncertain misfit',
    options: { badUsers: 0.01, badKind: 'uncertain' },
  },
  { name: 'throttling', title: '5% of the calls throttled', options: { faults: { throttling: 0.05 } } },
];

/** Users in the backlog. */
const BACKLOG = 10_000;

export const throughput: Benchmark = {
  name: 'throughput',
  title: `${BACKLOG.toLocaleString('en')} users, one a message, through the simulated service`,
  run: async () => {
    const figures: Record<string, Figure> = {};
    for (const condition of CONDITIONS) {
      for (const contender of CONTENDERS) {
        const result = await simulate(
          scenario({
            ...condition.options,
            arrivals: backlogOf(BACKLOG),
            function: contender.function,
            sizing: contender.sizing,
            ...(contender.orderGuard && { orderGuard: true }),
          }),
        );
        const name = (figure: string) => `${condition.name}.${contender.name}.${figure}`;
        const usersPerSecond = result.users.delivered / result.callingSeconds;
        const wasted = result.calls.all - Math.ceil(result.users.delivered / 10);
        figures[name('shareOfLimit')] = exact(usersPerSecond, '% of 100 users/s', 'higher');
        figures[name('callsWasted')] = exact((100 * wasted) / result.calls.all, '% of the calls', 'lower');
        figures[name('goodUsersDeadLettered')] = exact(result.goodUsersDeadLettered, 'users', 'lower');
      }
    }
    return figures;
  },
};

function exact(value: number, unit: string, better: Figure['better']): Figure {
  return { value: Math.round(value * 100) / 100, unit, better, kind: 'exact' };
}
