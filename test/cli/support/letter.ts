import type { Letter } from '../../../aws/sqs/letter.ts';

let count = 0;

/** A letter, with sensible values for whatever a test does not care about. */
export function letter(overrides: Partial<Letter> = {}): Letter {
  count++;
  return {
    messageId: `letter-${count}`,
    receiptHandle: `receipt-${count}`,
    body: '{"userId":"a"}',
    sentAt: 0,
    attributes: {},
    movedByQueue: false,
    messageGroupId: undefined,
    traceHeader: undefined,
    ...overrides,
  };
}

/** The attributes that say why a letter is one. */
export function reason(code: string, message: string): Letter['attributes'] {
  return {
    ErrorCode: { dataType: 'String', stringValue: code },
    ErrorMessage: { dataType: 'String', stringValue: message },
  };
}
