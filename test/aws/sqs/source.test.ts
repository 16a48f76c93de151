import { expect, test } from '@jest/globals';
import { isMessageGroupId } from '../../../aws/sqs/message-group.ts';
import { newSource } from '../../../aws/sqs/source.ts';

test('a load is a source of its own that SQS takes, and says what it is and when it began', () => {
  const now = new Date('2026-11-26T09:30:00.123Z');
  const [one, other] = [newSource('send', now), newSource('send', now)];
  expect(one).toMatch(/^send-20261126T093000Z-[\da-f]{6}$/);
  expect(isMessageGroupId(one)).toBe(true);
  expect(one).not.toBe(other);
});
