/** What only those know who watch the pipeline all the time: CloudWatch, or the embedded world. */

import type { Target } from '../target.ts';
import { note } from '../terminal.ts';
import { createCloudWatchMetrics } from './cloud-watch-metrics.ts';
import { createLocalMetrics } from './local-metrics.ts';

export interface PipelineMetrics {
  /** How old the oldest message of the users queue is. */
  readonly oldestAgeInSeconds: number | undefined;
  /** Users a second, of late. */
  readonly deliveredPerSecond: number | undefined;
}

/** Reads the metrics, again and again. */
export interface MetricsReader {
  read(): Promise<PipelineMetrics>;
  close(): void;
}

/** Makes a reader for a deployment. */
export function createMetricsReader(target: Target): MetricsReader {
  return target.kind === 'local' ? createLocalMetrics(target) : createCloudWatchMetrics(target, note);
}
