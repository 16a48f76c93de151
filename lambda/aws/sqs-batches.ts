/** Batch calls to SQS that an invocation makes at a time, at most. */
export const SQS_CALLS_AT_A_TIME = 10;
