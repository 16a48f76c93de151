/** What a run means for whoever plans with it. */

import type { Cost } from './cost.ts';
import prices from './prices.json' with { type: 'json' };
import { dollarsText, duration } from './report.ts';
import type { Scenario } from './scenario.ts';
import type { SimulationResult } from './simulate.ts';

const MONTH_IN_SECONDS = 30 * 24 * 3600;
/** Metrics that the function writes in good health; docs/operations.md has the others. */
const CUSTOM_METRICS = 4;
/**
 * An import job takes the same half hour or so for any size, and reads a file that somebody has to write first; from here
 * on the queue takes several times as long.
 */
const LONG_DRAIN_IN_SECONDS = 2 * 3600;

/** Sentences, the most important first. */
export function adviceFor(result: SimulationResult, cost: Cost, scenario: Scenario): readonly string[] {
  return [
    ...aboutBacklog(result, scenario),
    ...aboutTheMonth(cost, scenario),
    ...aboutDemand(result, scenario),
    ...aboutReceives(result, scenario),
  ];
}

function aboutBacklog({ seconds, users }: SimulationResult, { arrivals }: Scenario): string[] {
  if (arrivals.backlog === 0 || seconds < LONG_DRAIN_IN_SECONDS) return [];
  return [
    `${users.arrived.toLocaleString('en')} users take ${duration(seconds)}. A bulk import job (CreateDatasetImportJob) is the ` +
      'better way to load so many: it does not use the PutUsers quota. Send what changes meanwhile to the queue.',
  ];
}

function aboutTheMonth(cost: Cost, { arrivals }: Scenario): string[] {
  if (arrivals.until === 0) return [];
  const metrics = CUSTOM_METRICS * prices.customMetricPerMonth;
  const month = (cost.dollars * MONTH_IN_SECONDS) / arrivals.until + metrics;
  return [
    `A month of this costs ${dollarsText(month)}, of which ${dollarsText(metrics)} are for the function's ${CUSTOM_METRICS} metrics.`,
  ];
}

function aboutDemand({ users }: SimulationResult, { arrivals, quota }: Scenario): string[] {
  if (arrivals.until === 0) return [];
  const demand = users.arrived / arrivals.until;
  const limit = quota.requestsPerSecond * 10;
  if (demand <= limit * 0.9) return [];
  return [
    `${demand.toFixed(0)} users a second are ${demand > limit ? 'more than' : 'nearly'} the ${limit} that the quota has room for: ` +
      `the queue ${demand > limit ? 'grows for as long as this goes on' : 'is slow to empty after a burst'}.`,
  ];
}

function aboutReceives({ receives }: SimulationResult, { sizing }: Scenario): string[] {
  const often = receives.slice(3).reduce((sum, count) => sum + (count ?? 0), 0);
  if (often === 0) return [];
  return [
    `${often.toLocaleString('en')} messages were received three times or more, of ${sizing.maxReceiveCount} that they have: ` +
      'a longer timeoutInSeconds or a smaller batchSize gives a batch more time to finish.',
  ];
}
