import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupOfUser, isMessageGroupId } from '../../../aws/sqs/message-group.ts';

describe('the message group of a user', () => {
  test('is the userId, where SQS takes it', () => {
    expect(groupOfUser({ userId: 'user-0042@example.com' })).toBe('user-0042@example.com');
  });

  test.each(['with space', 'é', 'x'.repeat(129)])('is a hash for %p', (userId) => {
    expect(groupOfUser({ userId })).toMatch(/^[0-9a-f]{64}$/);
  });

  test('is always one that SQS takes', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (userId) => isMessageGroupId(groupOfUser({ userId }))),
    );
  });
});
