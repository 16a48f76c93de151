/** Requests to SQS that fail on purpose: before anything is done, or after it, when only the reply is lost. */

/** How often requests of one kind fail. */
export interface SqsFaultRule {
  /** An action of the API, such as `DeleteMessageBatch`. */
  readonly action: string;
  /** @default every queue */
  readonly queueUrl?: string;
  /** The share of requests that are answered with a 503, and nothing is done: 0 to 1. @default 0 */
  readonly refused?: number;
  /** The share of requests that are carried out, and whose connection breaks before the reply: 0 to 1. @default 0 */
  readonly replyDropped?: number;
}

/** What happens to a request. */
export type SqsFault = 'none' | 'refused' | 'replyDropped';

/** What a request asks for. */
export interface SqsRequest {
  readonly action: string;
  readonly queueUrl: string | undefined;
}

/**
 * Draws the fate of a request by the first rule for it.
 *
 * @param random - from 0 (inclusive) to 1 (exclusive)
 */
export function drawSqsFault(request: SqsRequest, rules: readonly SqsFaultRule[], random: () => number): SqsFault {
  const rule = rules.find(
    ({ action, queueUrl }) => action === request.action && (queueUrl === undefined || queueUrl === request.queueUrl),
  );
  if (!rule) return 'none';
  const { refused = 0, replyDropped = 0 } = rule;
  const drawn = random();
  if (drawn < refused) return 'refused';
  return drawn < refused + replyDropped ? 'replyDropped' : 'none';
}
