import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createSeenUsers } from '../../../cli/import/seen-users.ts';

test('users that were seen are told from those that were not', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 3 })), (userIds) => {
      const [seen, model] = [createSeenUsers(), new Set<string>()];
      for (const userId of userIds) {
        expect(seen.add(userId)).toBe(!model.has(userId));
        model.add(userId);
      }
    }),
  );
});

test('and so are many of them', () => {
  const seen = createSeenUsers();
  const ids = Array.from({ length: 50_000 }, (_, index) => `user-${index}`);
  expect(ids.filter((id) => !seen.add(id))).toEqual([]);
  expect(ids.filter((id) => seen.add(id))).toEqual([]);
});
