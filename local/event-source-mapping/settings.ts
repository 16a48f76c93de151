/** How an event source mapping forms batches and what it makes of the function's response. */
export interface EventSourceMappingSettings {
  /** Messages in a batch, at most: 1 to 10,000, and to 10 for a FIFO queue. */
  readonly batchSize: number;
  /** How long a batch may wait for more messages after its first, in whole seconds from 0 to 300. */
  readonly batchingWindowInSeconds: number;
  /** Invocations at a time, at most. */
  readonly maximumConcurrency: number;
  /** Whether the function names the messages that failed (`ReportBatchItemFailures`). */
  readonly reportsBatchItemFailures: boolean;
}
