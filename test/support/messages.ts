import type { Message } from '../../lambda/core/message.ts';

let count = 0;

/** A message as it comes out of the queue, with sensible values for whatever a test does not care about. */
export function message(body: unknown, overrides: Partial<Message> = {}): Message {
  count++;
  return {
    messageId: `message-${count}`,
    receiptHandle: `receipt-${count}`,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    receiveCount: 1,
    sentAt: 0,
    attributes: {},
    ...overrides,
  };
}

/** So many users with names of their own. */
export function users(howMany: number, prefix = 'user'): { userId: string; properties: { age: number } }[] {
  return Array.from({ length: howMany }, (_, index) => ({ userId: `${prefix}-${index}`, properties: { age: index } }));
}
