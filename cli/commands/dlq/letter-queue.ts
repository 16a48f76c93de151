import type { LetterQueue } from '../../dlq/visit-letters.ts';
import type { Target } from '../../target.ts';

/** The dead-letter queue of a deployment. */
export function letterQueueOf({ sqs, deadLetterQueueUrl, fifo }: Target): LetterQueue {
  return { sqs, url: deadLetterQueueUrl, fifo };
}
