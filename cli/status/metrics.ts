/** What only those know who watch the pipeline all the time: CloudWatch, or the embedded world. */

export interface PipelineMetrics {
  /** How old the oldest message of the users queue is. */
  readonly oldestAgeInSeconds: number | undefined;
  /** Users a second, of late. */
  readonly deliveredPerSecond: number | undefined;
}

/** Reads the metrics, again and again. */
export interface MetricsReader {
  /** @param signal - ends the waiting */
  read(signal: AbortSignal): Promise<PipelineMetrics>;
  close(): void;
}
