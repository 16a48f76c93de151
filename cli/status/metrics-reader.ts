import type { Target } from '../target.ts';
import { note } from '../terminal.ts';
import { createCloudWatchMetrics } from './cloud-watch-metrics.ts';
import { createLocalMetrics } from './local-metrics.ts';
import type { MetricsReader } from './metrics.ts';

/** Makes a reader for a deployment. */
export function createMetricsReader(target: Target): MetricsReader {
  return target.kind === 'local' ? createLocalMetrics(target) : createCloudWatchMetrics(target, note);
}
