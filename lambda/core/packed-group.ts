/**
 * Packed messages on a FIFO queue. A message has one group, and SQS keeps an order within a group only: so all records of a user
 * belong into one group. Who makes the userId the group cannot pack: of ten users in one user's group, the other nine
 * have no order towards what comes in their own groups.
 */
import { groupOfUser } from '../../aws/sqs/message-group.ts';
import { CONTRACT_VIOLATION, type MessageReading, type UserReading } from '../../contract/message/read-message.ts';
import { writeUser } from '../../contract/message/write-message.ts';

/**
 * Rejects the other users of a message whose group is that of one of its users. A group that is nobody's, a shard say, may hold
 * whomever its producer has given it.
 *
 * @param group - of the message; undefined on a standard queue
 */
export function holdToGroup(reading: MessageReading, group: string | undefined): MessageReading {
  if (group === undefined || reading.kind === 'invalid' || reading.users.length < 2) return reading;
  const isOwner = (user: UserReading) => user.kind === 'valid' && groupOfUser(user.user) === group;
  const owner = reading.users.findIndex(isOwner);
  if (owner === -1) return reading;
  return {
    ...reading,
    users: reading.users.map((user, place): UserReading => {
      if (user.kind === 'invalid' || isOwner(user)) return user;
      const message =
        `users[${place}].userId: is another user than users[${owner}], whose userId is the message group: on a FIFO queue ` +
        'such a group holds no other user';
      return {
        kind: 'invalid',
        reason: { code: CONTRACT_VIOLATION, message },
        body: writeUser(user.user, user.version),
        messageGroupId: groupOfUser(user.user),
      };
    }),
  };
}
