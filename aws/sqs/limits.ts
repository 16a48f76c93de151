/** What SQS takes, in numbers. */

/** Entries in one SendMessageBatch, DeleteMessageBatch or ChangeMessageVisibilityBatch call. Source: SQS API reference. */
export const ENTRIES_PER_SQS_BATCH = 10;

/** Attributes of one message, at most. Source: SQS API reference, message quotas. */
export const MAX_ATTRIBUTES = 10;

/** Bytes of body and attributes together, at most; of one batch call, too. Source: SQS API reference, message quotas. */
export const MAX_MESSAGE_BYTES = 1_048_576;

/** How long queues keep a message that nobody deletes: 14 days, as long as SQS does. Source: SQS API reference. */
export const RETENTION_IN_SECONDS = 14 * 24 * 60 * 60;
