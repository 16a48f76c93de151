import type { Summary } from '../../lambda/core/summary.ts';

/** What is told of a batch in which much happened. */
export const SUMMARY: Summary = {
  messages: 4,
  retriedMessages: 1,
  users: { delivered: 25, superseded: 1, rejected: 3, retried: 2 },
  calls: { calls: 4, throttledCalls: 1, usersCalled: 30 },
  oldestAgeInMilliseconds: 1_234,
  retryErrors: { ServiceUnavailable: 1 },
  deadLetterReasons: {},
  deadLetterErrors: {},
  visibilityErrors: {},
  defects: [],
  rejectedMessages: [{ messageId: 'm1', errors: { InvalidInputException: 3 } }],
};
