import type { Clock } from './clock.ts';
import type { Receive } from './gather.ts';
import type { SqsRecord } from './sqs-event.ts';

/** A queue, as a mapping sees it. */
export interface PolledQueue {
  /** Makes what one poller receives with. */
  createReceiver(poller: Poller): Receive;
  /** Deletes messages. Never throws; returns the ids of those that could not be deleted. */
  deleteMessages(records: readonly SqsRecord[]): Promise<readonly string[]>;
  /** Has the receives that wait be answered, so that stopping need not wait as long as they do. */
  answerLongPolls(): void;
}

/** Who receives. */
export interface Poller {
  readonly clock: Clock;
  /** Aborted when the mapping stops, which cuts a pause short. A receive is never cut off: its reply may be on its way. */
  readonly stopping: AbortSignal;
  readonly onError: (error: Error) => void;
}
