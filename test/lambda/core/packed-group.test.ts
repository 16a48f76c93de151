import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupOfUser } from '../../../aws/sqs/message-group.ts';
import { createMessageReader } from '../../../contract/message/read-message.ts';
import { holdToGroup } from '../../../lambda/core/packed-group.ts';

const read = createMessageReader({ maxPropertiesLength: 4096 });
const packed = (...userIds: readonly string[]) =>
  read(JSON.stringify({ users: userIds.map((userId) => ({ userId, version: 7 })) }));
const kinds = (reading: ReturnType<typeof read>) =>
  reading.kind === 'users' ? reading.users.map(({ kind }) => kind) : reading.kind;

describe('a packed message on a FIFO queue', () => {
  test('whose group is one of its users holds no other: these are rejected, each for its own group', () => {
    const reading = holdToGroup(packed('a', 'with space', 'b', 'b'), 'b');
    expect(reading).toMatchObject({
      users: [
        {
          kind: 'invalid',
          messageGroupId: 'a',
          body: '{"userId":"a","version":7}',
          reason: {
            code: 'MessageContractViolation',
            message:
              'users[0].userId: is another user than users[2], whose userId is the message group: on a FIFO queue such a group holds no other user',
          },
        },
        { kind: 'invalid', messageGroupId: groupOfUser({ userId: 'with space' }) },
        { kind: 'valid' },
        { kind: 'valid' },
      ],
    });
  });

  test('nor one whose group is the hash of a userId', () => {
    const group = groupOfUser({ userId: 'é' });
    expect(kinds(holdToGroup(packed('é', 'a'), group))).toEqual(['valid', 'invalid']);
  });

  test('is taken as it is if its group is nobody in it', () => {
    for (const group of ['shard-7', 'c', undefined])
      expect(holdToGroup(packed('a', 'b'), group)).toEqual(packed('a', 'b'));
  });

  test('is taken as it is if all of it is about the user of the group', () => {
    expect(holdToGroup(packed('a', 'a'), 'a')).toEqual(packed('a', 'a'));
  });

  test('a user alone may be in any group: nobody knows of the others', () => {
    const reading = read('{"userId":"a"}');
    expect(holdToGroup(reading, 'b')).toBe(reading);
  });

  test('what breaks the contract keeps its own reason', () => {
    const reading = holdToGroup(read('{"users":[{"userId":""},{"userId":"a"}]}'), 'a');
    expect(reading).toMatchObject({
      users: [{ kind: 'invalid', reason: { message: 'users[0].userId: must not be empty' } }, { kind: 'valid' }],
    });
  });

  test('whatever is in it, who is taken has the group of the message, or the group is nobody', () => {
    const userId = fc.constantFrom('a', 'b', 'é', 'x'.repeat(200));
    fc.assert(
      fc.property(fc.array(userId, { minLength: 2 }), userId, (userIds, owner) => {
        const group = groupOfUser({ userId: owner });
        const reading = holdToGroup(packed(...userIds), group);
        const taken = reading.kind === 'users' ? reading.users.filter(({ kind }) => kind === 'valid') : [];
        const expected = userIds.includes(owner) ? userIds.filter((each) => each === owner) : userIds;
        expect(taken.map((user) => user.kind === 'valid' && user.user.userId)).toEqual(expected);
      }),
    );
  });
});
