/** What only those know who watch the pipeline all the time: CloudWatch, or the embedded world. */

export interface PipelineMetrics {
  /** How old the oldest message of the users queue is; one that is in work or backs off counts, as far as that is known. */
  readonly oldestAgeInSeconds: number | undefined;
  /** The same without the sources that have a backlog, if SQS tells them apart. */
  readonly quietAgeInSeconds?: number | undefined;
  /** How many sources have a backlog: what SQS calls noisy groups. It does not say which. */
  readonly noisySources?: number | undefined;
  /** Users a second, of late. */
  readonly deliveredPerSecond: number | undefined;
}

/** Reads the metrics, again and again. */
export interface MetricsReader {
  /** @param signal - ends the waiting */
  read(signal: AbortSignal): Promise<PipelineMetrics>;
  close(): void;
}
