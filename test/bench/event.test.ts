import { expect, test } from '@jest/globals';
import { makeEvent } from '../../bench/event.ts';

test.each([100, 200, 500, 2000])('a user takes %d bytes as JSON', (bytesPerUser) => {
  const { Records } = makeEvent({ records: 3, bytesPerUser });
  expect(Records.map(({ body }) => Buffer.byteLength(body))).toEqual([bytesPerUser, bytesPerUser, bytesPerUser]);
});

test('no user is there twice', () => {
  const { Records } = makeEvent({ records: 3, usersPerMessage: 4 });
  const userIds = Records.flatMap(({ body }) => JSON.parse(body).users.map(({ userId }: { userId: string }) => userId));
  expect(new Set(userIds).size).toBe(12);
});
