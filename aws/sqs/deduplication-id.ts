/**
 * Deduplication ids: by them a FIFO queue knows a message again. For five minutes it takes a second message with the id of
 * a first, says that it has stored it, and drops it. So an id names what is sent and where it comes from, or it is a new
 * one; a place that means something else at the next attempt loses a message without a word.
 * Source: SQS developer guide, exactly-once processing.
 */
import { createHash, randomUUID } from 'node:crypto';

/** What is sent again, after a crash say, by somebody who does not know whether it was sent before. */
export type Repeatable =
  /**
   * A letter of the function. Reason, receive count and request differ from one attempt to the next and do not count: the
   * letter is the same. What the producer had put on the message is the same for each attempt.
   */
  | {
      readonly kind: 'deadLetter';
      readonly sourceMessageId: string;
      /** The user's place in the message. */
      readonly place: number;
      readonly body: string;
    }
  /** A letter that goes back. If it fails again, it does so as a message of another id. */
  | { readonly kind: 'replay'; readonly letterId: string; readonly body: string };

/** The same for the same, and different for what differs in anything; 64 hexadecimal digits, where SQS takes 128. */
export function deduplicationIdOf(what: Repeatable): string {
  return createHash('sha256')
    .update(JSON.stringify(namesOf(what)))
    .digest('hex');
}

/** For a message that is sent once. Who repeats an attempt gives the same id again. */
export function newDeduplicationId(): string {
  return randomUUID();
}

function namesOf(what: Repeatable): readonly (string | number)[] {
  return what.kind === 'deadLetter'
    ? [what.kind, what.sourceMessageId, what.place, what.body]
    : [what.kind, what.letterId, what.body];
}
