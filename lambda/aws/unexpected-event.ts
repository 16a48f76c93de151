/** Events that are no batch of an SQS queue: from the console's test button, a direct call, or another event source. */

import type { SQSEvent } from 'aws-lambda';

/** Whoever called the function meant something else. The message says what it takes; it carries nothing of the event. */
export class UnexpectedEventError extends Error {
  override readonly name = 'UnexpectedEventError';

  constructor(got: string) {
    super(
      `This function takes batches of messages that Lambda receives from its SQS queue, but got ${got}. To put users into ` +
        'the dataset, send messages to the queue; for a test in the Lambda console, choose the template SQS.',
    );
  }
}

/**
 * Lets a batch pass whose every record can be named in the answer. A record that could not be named would be deleted, whatever
 * had become of it; what is thrown gives the whole batch back to the queue.
 * Source: Lambda developer guide, "Implementing partial batch responses": failure of the whole batch.
 *
 * @throws UnexpectedEventError
 */
export function mustBeSqsEvent(event: unknown): asserts event is SQSEvent {
  const unexpected = describeUnexpected(event);
  if (unexpected) throw new UnexpectedEventError(unexpected);
}

/** Sources that one might connect by mistake; of others the name is not said, since anybody could have written it. */
const OTHER_SOURCES: ReadonlySet<unknown> = new Set([
  'aws:sns',
  'aws:s3',
  'aws:kinesis',
  'aws:dynamodb',
  'aws:kafka',
  'aws:mq',
  'aws:ses',
]);

function describeUnexpected(event: unknown): string | undefined {
  if (event === undefined) return 'nothing';
  if (event === null) return 'null';
  if (Array.isArray(event)) return 'a list';
  if (typeof event !== 'object') return `a ${typeof event}`;
  const { Records: records } = event as { readonly Records?: unknown };
  if (records === undefined) return 'an object without Records';
  if (!Array.isArray(records)) return 'an object whose Records are no list';
  for (const record of records) {
    const problem = describeRecord(record);
    if (problem) return problem;
  }
  return undefined;
}

function describeRecord(record: unknown): string | undefined {
  const { messageId, eventSource, EventSource } = (record ?? {}) as Readonly<Record<string, unknown>>;
  const source = eventSource ?? EventSource;
  if (source !== undefined && source !== 'aws:sqs') {
    return OTHER_SOURCES.has(source) ? `a record of ${source}` : 'a record of another source';
  }
  return typeof messageId === 'string' && messageId !== '' ? undefined : 'a record without a messageId';
}
