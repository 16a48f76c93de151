import type { SqsRecord } from '../../../local/event-source-mapping/sqs-event.ts';

/** A record with this id, and this body or its id as the body. */
export function record(messageId: string, body: string = messageId): SqsRecord {
  return {
    messageId,
    receiptHandle: `handle-of-${messageId}`,
    body,
    attributes: { ApproximateReceiveCount: '1' },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:users',
    awsRegion: 'eu-central-1',
  };
}

/** Records with the ids `<prefix>1`, `<prefix>2` and so on. */
export function manyRecords(count: number, prefix = 'm'): readonly SqsRecord[] {
  return Array.from({ length: count }, (_, index) => record(`${prefix}${index + 1}`));
}
